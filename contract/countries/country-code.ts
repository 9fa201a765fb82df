import { closest, distance } from "fastest-levenshtein";
import { alpha2ByAlpha3, alpha2Codes } from "./alpha-3.ts";
import { absent, otherCodes, variants } from "./variants.ts";

/** What a sender's text says about a country. */
export type CountryReading =
  | { code: string }
  /** A placeholder such as `NULL` or `(not set)`: the sender doesn't know the country. */
  | { code: null; isPlaceholder: boolean }
  /** No country is called that; the name of the most similar one, when there is a similar one. */
  | { code: undefined; nearest: string | undefined };

// The longest official name has 73 characters.
const maxLength = 128;
const maxReadings = 10_000;
const readings = new Map<string, CountryReading>();

/**
 * Reads a country as people and exports write it: an ISO 3166-1 alpha-2 or alpha-3 code or an English name (CLDR's, ISO's and
 * the usual variants, short and official), whatever its case, diacritics, apostrophes, `&` or `and`, and blanks around it.
 * An empty text is no country. `NA` is Namibia.
 */
export function readCountry(text: string): CountryReading {
  if (text.length > maxLength) return { code: undefined, nearest: undefined };
  const known = readings.get(text);
  if (known) return known;
  const reading = read(text.trim());
  // A file names few countries, millions of times.
  if (readings.size < maxReadings) readings.set(text, reading);
  return reading;
}

/** Whether a text is what senders write where they know nothing, such as `NULL` or `(not set)`. */
export const isPlaceholder = (text: string) => absent.has(text.toLowerCase());

function read(text: string): CountryReading {
  if (text === "") return { code: null, isPlaceholder: false };
  const upper = text.toUpperCase();
  if (alpha2Codes.has(upper)) return { code: upper };
  const code = alpha2ByAlpha3.get(upper) ?? otherCodes[upper];
  if (code) return { code };
  if (isPlaceholder(text)) return { code: null, isPlaceholder: true };
  const found = findByName(text);
  return found ? { code: found } : { code: undefined, nearest: nearestName(text) };
}

function findByName(text: string): string | undefined {
  const { codes } = knownNames();
  for (const key of keysOf(text)) {
    const code = codes.get(key);
    if (code) return code;
  }
  return undefined;
}

/** The keys by which a name may be found, the most specific first. */
function keysOf(text: string): string[] {
  const key = keyOf(text);
  const [, head = "", bracket = ""] = /^(.*?)\s*[([](.*?)[)\]]?\s*$/.exec(text) ?? [];
  const [, name = "", qualifier = ""] = /^([^,]+),\s*(.+)$/.exec(text) ?? [];
  const candidates = [
    key,
    // `Tanzania, United Republic of`, `Virgin Islands (U.S.)`
    ...(name ? [keyOf(`${qualifier} ${name}`)] : []),
    ...(bracket ? [keyOf(`${bracket} ${head}`)] : []),
  ];
  // `Myanmar (Burma)`, `Falkland Islands (Islas Malvinas)`; but `Congo (Kinshasa)` is not just any Congo.
  if (bracket && !isAmbiguous(keyOf(head))) candidates.push(keyOf(head), keyOf(bracket));
  return [...candidates, ...candidates.flatMap(withoutForm)].filter((candidate) => candidate !== "");
}

const ambiguous = new Set(["congo", "korea", "virgin islands", "saint martin"]);
const isAmbiguous = (key: string) => ambiguous.has(key);

// What a state is called in full: `Republic of Kenya`, `Lao People's Democratic Republic` is a variant of its own.
const form =
  /^(?:(?:united|federal|federative|democratic|people s|socialist|islamic|arab|bolivarian|plurinational|cooperative|independent|grand|hashemite|oriental) )*(?:republic|kingdom|state|states|federated states|commonwealth|principality|sultanate|duchy|union|federation|emirate) of /;

function withoutForm(key: string): string[] {
  const short = key.replace(form, "");
  return short === key || isAmbiguous(short) ? [] : [short];
}

/** A name without what people write in different ways. */
function keyOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[øœæłđðþıß]/g, (letter) => spelledOut[letter] ?? letter)
    .replace(/&/g, " and ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/\b(?:st|ste|sint)\b/g, "saint")
    .replace(/\b(?:the|is)\b/g, (word) => (word === "is" ? "islands" : " "))
    .replace(/\bu s\b/g, "us")
    .replace(/\s+/g, " ")
    .trim();
}

const spelledOut: Record<string, string> = {
  ø: "o",
  œ: "oe",
  æ: "ae",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
  ß: "ss",
};

interface Names {
  codes: ReadonlyMap<string, string>;
  keys: readonly string[];
  cldr: Intl.DisplayNames;
}

let names: Names | undefined;

/** Made at the first name: most deliveries have codes. */
function knownNames(): Names {
  if (names) return names;
  const codes = new Map<string, string>();
  const [cldr, short] = (["long", "short"] as const).map(
    (style) => new Intl.DisplayNames("en", { type: "region", style, fallback: "none" }),
  ) as [Intl.DisplayNames, Intl.DisplayNames];
  for (const code of alpha2Codes) {
    for (const style of [cldr, short]) {
      const name = style.of(code);
      if (name) codes.set(keyOf(name), code);
    }
  }
  for (const [code, others] of Object.entries(variants)) {
    for (const name of others) codes.set(keyOf(name), code);
  }
  names = { codes, keys: [...codes.keys()], cldr };
  return names;
}

/** CLDR's name of the country whose name looks most like `text`; undefined when none looks like it. */
function nearestName(text: string): string | undefined {
  const key = keyOf(text).slice(0, 64);
  if (key.length < 4) return undefined;
  const { codes, keys, cldr } = knownNames();
  // A third of the letters may differ; with more, any name would be as near.
  const most = key.length / 3;
  // At least as many differ as one is longer: most names need no comparison, which is what takes long.
  const similar = keys.filter(({ length }) => Math.abs(length - key.length) <= most);
  if (similar.length === 0) return undefined;
  const nearest = closest(key, similar);
  if (distance(key, nearest) > most) return undefined;
  return cldr.of(codes.get(nearest) ?? "");
}
