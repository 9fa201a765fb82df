import { apportion } from "./apportion.ts";

/** What is alike among the users of a country. */
export interface Country {
  /** ISO 3166-1 alpha-2; empty when it is not known. */
  code: string;
  /** How it is written, as UTF-8. */
  text: Uint8Array;
  /** Of the users, 0 to 1. */
  iosShare: number;
  /** How readily users pay, beside the average of 1. */
  willingness: number;
  /** For one ad shown, in millionths of a USD. */
  adMicros: number;
  /** Behind the server site that fails on one day of a run. */
  hasOutage: boolean;
}

/** From the one with the most users down. */
export const codes = `
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

/** The country of a user; `fraction` is random, from 0 to below 1, and each country has its share of that range. */
export type CountryAt = (fraction: number) => Country;

/** Countries with weights; a share is exact to 2^-`bits`. At most 256 of them. */
export function countriesByWeight(countries: Country[], weights: number[], bits: number): CountryAt {
  const slots = new Uint8Array(2 ** bits);
  let at = 0;
  for (const [country, count] of apportion(slots.length, weights).entries()) {
    slots.fill(country, at, at + count);
    at += count;
  }
  return (fraction) => countries[slots[Math.floor(fraction * slots.length)] ?? 0] as Country;
}

/** A country with what is usual there. */
export const countryOf = (code: string, text: string): Country => ({
  code,
  text: Buffer.from(text),
  ...(rich.has(code)
    ? { iosShare: 0.52, willingness: 1.5, adMicros: 12_000 }
    : middling.has(code)
      ? { iosShare: 0.32, willingness: 0.9, adMicros: 4_500 }
      : { iosShare: 0.25, willingness: 0.5, adMicros: 1_600 }),
  hasOutage: behindOneSite.has(code),
});

export const isRich = ({ code }: Country): boolean => rich.has(code);

/** The countries of the contract's shape, as codes. */
export const countryAt: CountryAt = countriesByWeight(
  [...codes, ""].map((code) => countryOf(code, code)),
  weights(),
  16,
);

/** The nth one has 1 / n^1.5 of the users, counted from 2: Zipf's law, with a root that is exact everywhere. */
function weights(): number[] {
  const known = codes.map((_, index) => 1 / ((index + 2) * Math.sqrt(index + 2)));
  const sum = known.reduce((before, weight) => before + weight, 0);
  return [...known, (sum * unknownShare) / (1 - unknownShare)];
}
