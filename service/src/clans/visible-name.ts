import { mixedScripts } from "./mixed-scripts.ts";
import { withoutEmojiAndJoiners } from "./needed-joiners.ts";

const maxCharacters = 64;
// 64 flags, or letters of most scripts; a family is 25 bytes of it. The column has the same limit.
export const maxNameBytes = 512;
// No orthography stacks more; https://www.unicode.org/reports/tr39/#Optional_Detection
const maxMarks = 4;

/** Why a name is refused. */
export interface NameFault {
  message: string;
  /** The message without what is particular to this name. */
  reason?: string;
}

/** What is wrong with a trimmed name in NFC, for people who see it in a list among others; undefined when nothing is. */
export function faultOfName(name: string): NameFault | undefined {
  if (name === "") return { message: "must not be empty" };
  if (printableAscii.test(name) && name.length <= maxCharacters) return undefined;
  return faultOfLength(name) ?? faultOfCharacters(name);
}

const printableAscii = /^[ -~]+$/;

/** Whether a name is too long; of names from before the other rules as well. */
export function faultOfLength(name: string): NameFault | undefined {
  let characters = 0;
  // No character is shorter than a UTF-16 unit.
  if (name.length > maxCharacters) {
    for (const _ of graphemes(name)) {
      if (++characters > maxCharacters) return { message: `must have at most ${maxCharacters} characters` };
    }
  }
  if (Buffer.byteLength(name) <= maxNameBytes) return undefined;
  return { message: `must have at most ${maxNameBytes} bytes in UTF-8` };
}

function faultOfCharacters(name: string): NameFault | undefined {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name))
    return { message: "must not contain control characters such as tab or newline" };
  const direction = /\p{Bidi_Control}/u.exec(name);
  if (direction) return naming("must not contain characters that change the direction of text", direction);
  const unassigned = /[\p{Cn}\p{Co}]/u.exec(name);
  if (unassigned) return naming("must not contain unassigned or private characters", unassigned);

  const text = withoutEmojiAndJoiners(name, graphemes);
  const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u.exec(text);
  if (invisible) return naming("must not contain invisible characters", invisible);
  if (!visible.test(name)) return { message: "must have a visible character" };
  const empty = blank.exec(name);
  if (empty) return naming("must not contain invisible characters", empty);
  if (/^\p{M}/u.test(name)) return { message: "must not begin with a combining mark" };
  if (stackedMarks.test(text))
    return { message: `must not stack more than ${maxMarks} marks on a character` };
  if (repeatedMark.test(text)) return { message: "must not have the same mark twice on a character" };
  return faultOfScripts(text);
}

// Letters, digits, punctuation and symbols, but the blank ones among them.
const visible = /[[\p{L}\p{N}\p{P}\p{S}]--[\u2800\ufffc\u{13441}\u{13442}\u{1d159}]]/v;
// What Unicode does not call ignorable, and still has no glyph: hieroglyphs and a note that are blank, a filler, and what stands for
// an object that is not there. The blank of Braille is a space, but only between its letters.
const blank =
  /[\ufffc\u{13441}\u{13442}\u{16fe4}\u{1d159}]|(?<![\u2801-\u28ff])\u2800|\u2800(?![\u2801-\u28ff])/u;
const stackedMarks = new RegExp(String.raw`[\p{Mn}\p{Me}]{${maxMarks + 1}}`, "u");
const repeatedMark = /([\p{Mn}\p{Me}])\1/u;

function faultOfScripts(text: string): NameFault | undefined {
  const mixed = mixedScripts(text);
  if (!mixed) return undefined;
  const reason = "must be in one script, or in Latin with Chinese, Japanese or Korean";
  const scripts = mixed.map(({ name, example }) => `${name} (${example})`);
  const names = mixed.map(({ name }) => name);
  return {
    message: `${reason}; it mixes ${listed(scripts)}`,
    reason: `${reason}; it mixes ${listed(names)}`,
  };
}

const listed = (words: string[]) => `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

function naming(reason: string, [character]: RegExpExecArray): NameFault {
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  return { message: `${reason}: U+${code}`, reason };
}

let segmenter: Intl.Segmenter | undefined;

/** The characters of a text as people count them, with what combines with them. */
function* graphemes(text: string): Generator<string> {
  // Made for the first name that is not ASCII: a start does not wait for it.
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) yield segment;
}
