import { z } from "zod";
import { controlCharacter, hasLength, storableText, trimmedPattern } from "../text.ts";
import { expected } from "./expected.ts";
import type { Kind } from "./kind.ts";

const maxLength = 128;
/** As a segment of a URL's path, these two mean another path. */
export const reservedIds: readonly string[] = [".", ".."];

export const UserId = z
  .string({ error: expected("a string") })
  .pipe(storableText)
  .refine((id) => hasLength(id, maxLength), `must have 1 to ${maxLength} characters`)
  .refine((id) => !controlCharacter.test(id) && id.trim() === id, {
    error: "must not contain control characters, nor begin or end with a blank",
  })
  .refine((id) => !reservedIds.includes(id), 'must not be "." or ".."')
  .meta({
    minLength: 1,
    maxLength,
    pattern: trimmedPattern,
    not: { enum: [...reservedIds] },
    examples: ["player-4711"],
  });

const visibleAscii = /^(?!\.{1,2}$)[\x21-\x7e]{1,128}$/;

/**
 * A short text that the sender chooses. In JSON it is a string, in files too: the reader of a number may have rounded it already,
 * or have it as `1e3`, and then another user is meant.
 */
export const id: Kind<string> = {
  schema: () => UserId,
  readPlain: (value) => (typeof value === "string" && visibleAscii.test(value) ? value : undefined),
  // Visible ASCII.
  plainForm: (_, delimiter) => String.raw`[^\x00-\x20\x7f-\xff"${delimiter}]{1,128}`,
};
