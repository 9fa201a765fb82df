import codes from "i18n-iso-countries/codes.json" with { type: "json" };
import english from "i18n-iso-countries/langs/en.json" with { type: "json" };
import { expect, it } from "vitest";
import { alpha2Codes } from "./alpha-3.ts";
import { readCountry } from "./country-code.ts";

const cldr = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
const cldrShort = new Intl.DisplayNames("en", { type: "region", style: "short", fallback: "none" });

it("knows the 249 codes of ISO 3166-1 and Kosovo, of two and of three letters, in upper and lower case", () => {
  expect(alpha2Codes.size).toBe(250);
  const assigned = codes.filter(([alpha2]) => alpha2 !== "XK");
  expect(assigned).toHaveLength(249);
  const wrong = assigned.flatMap(([alpha2 = "", alpha3 = ""]) =>
    [alpha2, alpha3, alpha2.toLowerCase(), alpha3.toLowerCase(), ` ${alpha2} `]
      .filter((text) => codeOf(text) !== alpha2)
      .map((text) => [alpha2, text]),
  );
  expect(wrong).toEqual([]);
});

it("knows every country by CLDR's long and short name, however it is typed", () => {
  const wrong = [...alpha2Codes].flatMap((code) =>
    [cldr.of(code) ?? "", cldrShort.of(code) ?? ""]
      .flatMap(asTyped)
      .filter((name) => codeOf(name) !== code)
      .map((name) => [code, name, codeOf(name)]),
  );
  expect(wrong).toEqual([]);
});

it("knows every country by the names of another list", () => {
  const wrong = Object.entries(english.countries).flatMap(([code, names]) =>
    [names]
      .flat()
      .filter((name) => codeOf(name) !== code)
      .map((name) => [code, name]),
  );
  // ISO gives the short name to Congo - Brazzaville; the list gives it to both.
  expect(wrong).toEqual([["CD", "Congo"]]);
});

it.each([
  ["TR", ["Türkiye", "Turkey", "turkiye", "TÜRKİYE", "Republic of Türkiye"]],
  ["CI", ["Côte d’Ivoire", "Côte d'Ivoire", "Cote d`Ivoire", "COTE D'IVOIRE", "Ivory Coast"]],
  ["MM", ["Myanmar (Burma)", "Burma", "Myanmar", "Republic of the Union of Myanmar"]],
  ["BA", ["Bosnia & Herzegovina", "Bosnia and Herzegovina", "Bosnia-Herzegovina", "bosnia"]],
  ["FK", ["Falkland Islands (Islas Malvinas)", "Falkland Islands (Malvinas)", "Falkland Is."]],
  [
    "CD",
    ["Congo - Kinshasa", "Congo (Kinshasa)", "Congo, The Democratic Republic of the", "DR Congo", "DRC"],
  ],
  ["CG", ["Congo - Brazzaville", "Congo (Brazzaville)", "Congo", "Republic of the Congo"]],
  ["KR", ["South Korea", "Korea, Republic of", "Korea (Republic of)", "Republic of Korea"]],
  ["KP", ["North Korea", "Korea (Democratic People's Republic of)", "DPRK"]],
  ["VI", ["U.S. Virgin Islands", "Virgin Islands, U.S.", "Virgin Islands (U.S.)"]],
  ["VG", ["British Virgin Islands", "Virgin Islands, British", "Virgin Islands (British)"]],
  ["TZ", ["Tanzania", "Tanzania, United Republic of", "United Republic of Tanzania"]],
  ["LC", ["St. Lucia", "Saint Lucia", "St Lucia"]],
  ["NL", ["Netherlands", "The Netherlands", "Netherlands (the)", "Holland"]],
  ["BS", ["Bahamas", "The Bahamas", "Bahamas, The"]],
  ["MK", ["North Macedonia", "Macedonia", "Macedonia (FYROM)"]],
  ["SZ", ["Eswatini", "Swaziland", "Eswatini (formerly Swaziland)"]],
  ["TW", ["Taiwan", "Taiwan, Province of China", "Taiwan (Province of China)", "Republic of China"]],
  ["GB", ["United Kingdom", "UK", "U.K.", "Great Britain", "United Kingdom (UK)"]],
  ["US", ["United States", "United States of America", "USA", "U.S.A.", "the United States"]],
  ["XK", ["Kosovo", "XK", "XKX", "Kosovo (UNMIK)"]],
])("knows %s as %j", (code, names) => {
  expect(names.map((name) => [name, codeOf(name)])).toEqual(names.map((name) => [name, code]));
});

it("takes NA for Namibia, and other placeholders for no country", () => {
  expect([codeOf("NA"), codeOf("na"), codeOf(" NA ")]).toEqual(["NA", "NA", "NA"]);
  for (const text of ["NULL", "None", "nan", "NaN", "\\N", "Unknown", "(not set)", "ZZ", "N/A"]) {
    expect([text, readCountry(text)]).toEqual([text, { code: null, isPlaceholder: true }]);
  }
  for (const text of ["", "  ", "\u00a0"]) {
    expect(readCountry(text)).toEqual({ code: null, isPlaceholder: false });
  }
});

it.each([
  ["Turkye", "Türkiye"],
  ["Brasil", "Brazil"],
  ["Untied States", "United States"],
  ["Congo (Foo)", "Congo - Kinshasa"],
  ["Atlantis", undefined],
  ["Korea", undefined],
  ["QQ", undefined],
  ["x".repeat(100_000), undefined],
])("does not guess at %s, and names the nearest", (text, nearest) => {
  expect(readCountry(text)).toEqual({ code: undefined, nearest });
});

const codeOf = (text: string) => readCountry(text).code;

/** As people, other programs and other keyboards write a name. */
function asTyped(name: string): string[] {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("’", "'").replaceAll("&", "and");
  return [name, name.toUpperCase(), name.toLowerCase(), plain, ` ${plain} `, name.normalize("NFD")];
}
