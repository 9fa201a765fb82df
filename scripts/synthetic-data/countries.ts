import { apportion } from "./apportion.ts";

/** What the users of a country have in common. */
export interface Country {
  /** ISO 3166-1 alpha-2; empty when it is not known. */
  country: string;
  /** Its users: those whose random number, from 0 to below 65,536, is one of these. */
  first_slot: number;
  slots: number;
  /** Of the users, 0 to 1. */
  ios_share: number;
  /** How readily users pay, relative to the average. */
  willingness: number;
  /** For one ad shown, in millionths of a USD. */
  ad_micros: number;
  /** Behind the server site that fails on one day of a run. */
  has_outage: boolean;
}

// By users, most first.
const codes = `
  US TR DE BR GB FR MX IN IT ES CA RU JP KR ID PL AU SA NL AR
  EG PH TH VN CO MY UA RO CL SE PE BE PT AT CH CZ GR HU IQ MA
  AE DK FI NO TW IL DZ ZA EC KZ SG HK NZ IE BG RS SK PK NG VE
  AZ KW HR JO DO TN GT UZ BY QA LB BO BD LT CR LV SI KE PY UY
  OM HN LK SV PA BA GE AL EE BH LY YE NP GH MM KH CY AM CI SN
  CN MK MD PR SD ET TZ UG CM NI JM KG MN LU TT MT IS ZM AO MZ
  MG RE ME PS MU MO LA TJ TM HT BJ BF ML NE TG GA CG CD ZW BW
  NA RW MR SO GN SR GY BS BB BZ CU AF MV BN FJ PG GP MQ GF NC
  PF GU CW AW KY BM JE GG IM GI AD MC LI FO GL SM LC VC GD AG
  DM KN TC VG AI CV GM LR SL SS`
  .trim()
  .split(/\s+/);
const rich = new Set(
  "US DE GB FR CA JP KR AU NL SE BE AT CH AE DK FI NO TW IL SG HK NZ IE KW QA LU IS MC LI JE GG IM BM KY".split(
    " ",
  ),
);
const middling = new Set(
  "TR BR MX IT ES RU PL SA AR TH MY RO CL PE PT CZ GR HU ZA KZ BG SK HR BY LT CR LV SI UY OM PA EE BH CY CN PR MT".split(
    " ",
  ),
);
const behindOneSite = new Set("TR GR BG RO CY GE AM AZ IQ LB JO".split(" "));
const unknownShare = 0.004;
const slotCount = 2 ** 16;

/** All countries, the unknown one last, each with its share of the slots. */
export const countries: Country[] = withSlots(
  [...codes, ""].map((country) => ({
    country,
    ...(rich.has(country)
      ? { ios_share: 0.52, willingness: 1.5, ad_micros: 12_000 }
      : middling.has(country)
        ? { ios_share: 0.32, willingness: 0.9, ad_micros: 4_500 }
        : { ios_share: 0.25, willingness: 0.5, ad_micros: 1_600 }),
    has_outage: behindOneSite.has(country),
  })),
);

function withSlots(all: Omit<Country, "first_slot" | "slots">[]): Country[] {
  let first_slot = 0;
  return apportion(slotCount, weights()).map((slots, index) => {
    const country = { ...(all[index] as (typeof all)[number]), first_slot, slots };
    first_slot += slots;
    return country;
  });
}

/** The nth country has 1 / n^1.5 of the users, counted from 2: Zipf's law, with a root that is exact on every machine. */
function weights(): number[] {
  const known = codes.map((_, index) => 1 / ((index + 2) * Math.sqrt(index + 2)));
  const sum = known.reduce((before, weight) => before + weight, 0);
  return [...known, (sum * unknownShare) / (1 - unknownShare)];
}
