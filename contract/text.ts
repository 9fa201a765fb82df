import { z } from "zod";

// PostgreSQL can't store NUL, and a lone surrogate has no UTF-8: either would be an error or a silent change there.
const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");

/** Text that is stored as it was sent. */
export const storableText = z.string().refine(isStorable, {
  error: "must not contain NUL or half of a surrogate pair",
  abort: true,
});

/** Code points, as PostgreSQL counts. */
export const lengthInCharacters = (text: string) => [...text].length;

/** Whether a text has 1 to `max` characters. */
export const hasLength = (text: string, max: number) =>
  text !== "" && (text.length <= max || (text.length <= 2 * max && lengthInCharacters(text) <= max));

/** The beginning of a text, without half of a surrogate pair at its end, which no JSON reader takes. */
export const shortened = (text: string, maxLength: number) =>
  text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "");

// biome-ignore lint/suspicious/noControlCharactersInRegex: it matches control characters
export const controlCharacter = /[\u0001-\u001f\u007f-\u009f]/;

// The checks above as patterns for the OpenAPI document: no control characters, and not only blanks, or none at the ends.
const inside = String.raw`[^\x00-\x1f\x7f-\x9f]`;
const visible = String.raw`[^\s\x00-\x1f\x7f-\x9f]`;
export const notBlankPattern = `^${inside}*${visible}${inside}*$`;
export const trimmedPattern = `^${visible}(${inside}*${visible})?$`;
