import { type CountryAt, codes as commonCodes, countriesByWeight, countryOf, isRich } from "./countries.ts";

/** Shares of the rows; the others follow in the order of `codes`. */
const leading = {
  TR: 0.091,
  BR: 0.084,
  RU: 0.071,
  US: 0.07,
  IN: 0.05,
  VN: 0.042,
  UA: 0.037,
  ID: 0.028,
};
const unknownShare = 0.0025;
/** Beside the common ones, which makes 233. */
const rareCodes = `
  AS AX BI BL BQ BT CF CK DJ ER FK FM GQ GW IR KI KM LS MF MH MP MS MW NR PM PW SB SC SH ST SX SY
  SZ TD TL TO TV VA VI VU WF WS YT`
  .trim()
  .split(/\s+/);
// Each of the others has a little less than the one before, and the last ones have a few users each.
const firstShare = 0.0245;
const leastShare = 3e-6;
// Of the users; some of their rows are on the other platform.
const iosShare = 0.336;
const iosShareWhereRich = 0.52;

/** English names of countries as Google writes them, where CLDR has others. */
const otherNames: Record<string, string> = {
  FK: "Falkland Islands (Islas Malvinas)",
  HK: "Hong Kong",
  MO: "Macao",
  PS: "Palestine",
};

const knownCodes = [...new Set([...Object.keys(leading), ...commonCodes, ...rareCodes])];

/** The countries of an export: English names, with a long tail. */
export function realCountries(): CountryAt {
  const known = shares();
  return countriesByWeight(withIosShares(known), [...known, unknownShare], 21);
}

/** Shares of all countries, which fall geometrically after the leading ones and add up to that of the known. */
function shares(): number[] {
  const first = Object.values(leading);
  const count = knownCodes.length - first.length;
  const wanted = 1 - unknownShare - first.reduce((sum, share) => sum + share, 0);
  const othersAt = (ratio: number) =>
    Array.from({ length: count }, (_, index) => Math.max(leastShare, firstShare * ratio ** index));
  let [low, high] = [0.5, 1];
  for (let step = 0; step < 50; step++) {
    const ratio = (low + high) / 2;
    if (othersAt(ratio).reduce((sum, share) => sum + share, 0) < wanted) low = ratio;
    else high = ratio;
  }
  return [...first, ...othersAt(low)];
}

function withIosShares(knownShares: number[]): ReturnType<typeof countryOf>[] {
  const cldrNames = new Intl.DisplayNames("en", { type: "region" });
  const nameOf = (code: string) => otherNames[code] ?? cldrNames.of(code) ?? code;
  const countries = knownCodes.map((code) => countryOf(code, nameOf(code)));
  const rich = countries.reduce(
    (sum, country, at) => sum + (isRich(country) ? (knownShares[at] ?? 0) : 0),
    0,
  );
  const elsewhere = (iosShare - rich * iosShareWhereRich) / (1 - rich);
  return [...countries, countryOf("", "")].map((country) => ({
    ...country,
    iosShare: isRich(country) ? iosShareWhereRich : elsewhere,
  }));
}
