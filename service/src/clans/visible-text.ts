import { withoutEmojiAndJoiners } from "./needed-joiners.ts";

// No orthography stacks more; https://www.unicode.org/reports/tr39/#Optional_Detection
const maxMarks = 4;

/** Why a text is refused. */
export interface TextFault {
  message: string;
  /** The message without what is particular to this text. */
  reason?: string;
}

/** What people can't see in one line of a text, or what hides other text; undefined when there is nothing of the kind. */
export function faultOfCharacters(line: string): TextFault | undefined {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line))
    return { message: "must not contain control characters such as tab or newline" };
  const direction = /\p{Bidi_Control}/u.exec(line);
  if (direction) return naming("must not contain characters that change the direction of text", direction);
  const unassigned = /[\p{Cn}\p{Co}]/u.exec(line);
  if (unassigned) return naming("must not contain unassigned or private characters", unassigned);

  const text = withoutEmojiAndJoiners(line, graphemes);
  const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u.exec(text);
  if (invisible) return naming("must not contain invisible characters", invisible);
  if (line !== "" && !visible.test(line)) return { message: "must have a visible character" };
  const empty = blank.exec(line);
  if (empty) return naming("must not contain invisible characters", empty);
  if (/^\p{M}/u.test(line)) return { message: "must not begin with a combining mark" };
  if (stackedMarks.test(text))
    return { message: `must not stack more than ${maxMarks} marks on a character` };
  if (repeatedMark.test(text)) return { message: "must not have the same mark twice on a character" };
  return undefined;
}

// Letters, digits, punctuation and symbols, but the blank ones among them.
const visible = /[[\p{L}\p{N}\p{P}\p{S}]--[\u2800\ufffc\u{13441}\u{13442}\u{1d159}]]/v;
// What Unicode does not call ignorable, and still has no glyph: hieroglyphs and a note that are blank, a filler, and what stands for
// an object that is not there. The blank of Braille is a space, but only between its letters.
const blank =
  /[\ufffc\u{13441}\u{13442}\u{16fe4}\u{1d159}]|(?<![\u2801-\u28ff])\u2800|\u2800(?![\u2801-\u28ff])/u;
const stackedMarks = new RegExp(String.raw`[\p{Mn}\p{Me}]{${maxMarks + 1}}`, "u");
const repeatedMark = /([\p{Mn}\p{Me}])\1/u;

function naming(reason: string, [character]: RegExpExecArray): TextFault {
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  return { message: `${reason}: U+${code}`, reason };
}

/** Whether a text has more characters than this, as people count them. */
export function hasMoreCharacters(text: string, most: number): boolean {
  // No character is shorter than a UTF-16 unit.
  if (text.length <= most) return false;
  let characters = 0;
  for (const _ of graphemes(text)) if (++characters > most) return true;
  return false;
}

let segmenter: Intl.Segmenter | undefined;

/** The characters of a text as people count them, with what combines with them. */
export function* graphemes(text: string): Generator<string> {
  // Made for the first text that is not ASCII: a start does not wait for it.
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) yield segment;
}
