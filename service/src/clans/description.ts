import { storableText } from "@clan-platform/contract/text.ts";
import { addFault } from "./text-fault.ts";
import { faultOfCharacters, hasMoreCharacters, type TextFault } from "./visible-text.ts";

const maxCharacters = 500;
// As many per character as a name may have. The column has the same limit.
const maxBytes = 4_000;

/** What a clan says about itself: lines of text under the rules of names, but in any scripts. An empty one is none. */
export const Description = storableText
  .overwrite((text) => text.replace(/\r\n?/g, "\n").trim().normalize("NFC"))
  .superRefine((text, context) => addFault(faultOfDescription(text), context))
  .meta({
    maxLength: maxBytes,
    // No control characters but line breaks.
    pattern: String.raw`^[^\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]*$`,
    description:
      "At most 500 characters as people count them (grapheme clusters), and 4000 bytes in UTF-8; line breaks are kept, as LF, and " +
      "surrounding whitespace is trimmed. No other control characters, and no invisible, unassigned or private ones. An empty one is none.",
    examples: ["We play every evening.\nBe kind."],
  });

function faultOfDescription(text: string): TextFault | undefined {
  if (hasMoreCharacters(text, maxCharacters))
    return { message: `must have at most ${maxCharacters} characters` };
  if (Buffer.byteLength(text) > maxBytes) return { message: `must have at most ${maxBytes} bytes in UTF-8` };
  if (otherControl.test(text)) return { message: "must not contain control characters but line breaks" };
  for (const line of text.split("\n")) {
    // A line of blanks is as good as an empty one.
    const fault = line.trim() === "" ? undefined : faultOfCharacters(line);
    if (fault) return fault;
  }
  return undefined;
}

const otherControl = /[[\p{Cc}\p{Zl}\p{Zp}]--\n]/v;
