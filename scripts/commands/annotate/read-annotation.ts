import { readCountry } from "@clan-platform/contract/countries/country-code.ts";
import type { Annotation } from "@clan-platform/warehouse/tables/annotations/annotations.ts";
import { UsageError } from "../terminal/cli-error.ts";

/** The options that describe an annotation. */
export interface AnnotationOptions {
  day?: string;
  text?: string;
  metric?: string;
  country?: string;
}

const maxCharacters = 200;

// Those that move the cursor, reverse text or are invisible; joiners (U+200C, U+200D) are part of scripts and emoji.
const control = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u;

/**
 * The annotation that the options describe.
 * @throws {UsageError} naming the option that is missing or wrong
 */
export function readAnnotation({ day, text, metric, country }: AnnotationOptions): Annotation {
  if (day === undefined || text === undefined) {
    throw new UsageError("An annotation needs --day and --text; --list prints those that are there.");
  }
  return {
    day,
    text: readText(text),
    metric: metric ?? null,
    country: country === undefined ? null : toCode(country),
  };
}

function readText(given: string): string {
  const text = given.trim().normalize("NFC");
  if (control.test(text)) throw new UsageError("--text must not contain control characters or line breaks.");
  const length = [...text].length;
  if (length >= 1 && length <= maxCharacters) return text;
  throw new UsageError(`--text must have 1 to ${maxCharacters} characters, not ${length}.`);
}

function toCode(text: string): string {
  const reading = readCountry(text);
  if (reading.code) return reading.code;
  const nearest = reading.code === undefined && reading.nearest ? `; the nearest is ${reading.nearest}` : "";
  throw new UsageError(
    `--country must be an ISO 3166-1 code or the English name of a country, not ${text || "empty"}${nearest}.`,
  );
}
