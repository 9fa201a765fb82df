/**
 * A text without its emoji, in place of each a blank, and without the invisible characters that its words need. Any that is left
 * is one that changes nothing that people see.
 * @see https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters for the contexts of joiners in words
 */
export function withoutEmojiAndJoiners(text: string, graphemes: (text: string) => Iterable<string>): string {
  if (!emojiPart.test(text)) return text;
  let rest = "";
  for (const grapheme of graphemes(text))
    rest += emojiPart.test(grapheme) && isEmoji(grapheme) ? " " : grapheme;
  return rest.replace(neededInWords, "");
}

// What emoji are joined and varied with.
const emojiPart = /\p{Default_Ignorable_Code_Point}|\u20e3/u;
// As text: of a literal, all of its thousands of sequences are read when the module is loaded, which is a tenth of a bare start.
const recommended = String.raw`\p{RGI_Emoji}`;
let recommendedEmoji: RegExp | undefined;
// Some keyboards write a symbol as text: a smile and U+FE0E.
const textSymbol = /^\p{Extended_Pictographic}\ufe0e$/u;

function isEmoji(grapheme: string): boolean {
  return isRecommended(grapheme) || textSymbol.test(grapheme) || isRecommended(qualified(grapheme));
}

function isRecommended(grapheme: string): boolean {
  recommendedEmoji ??= new RegExp(`^${recommended}$`, "v");
  return recommendedEmoji.test(grapheme);
}

/** An emoji with the selectors that some keyboards leave out, such as in an eye within a speech bubble. */
const qualified = (grapheme: string) => grapheme.replace(selectable, "$1\ufe0f");
const selectable = /([\p{Emoji}--[\p{Emoji_Presentation}\p{Emoji_Modifier}]])\ufe0f?(?!\p{Emoji_Modifier})/gv;

// Signs that take the vowel from the letter before: they combine letters, unless a joiner says how.
const virama = String.raw`[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u1039\u17d2\u1a60\u1b44\u1baa\u1bab\ua806\ua8c4\ua953\ua9c0\uaaf6\uabed\u{11046}\u{110b9}\u{11133}\u{111c0}\u{11235}\u{112ea}\u{1134d}\u{11442}\u{114c2}\u{115bf}\u{1163f}\u{116b6}]`;
// Arabic letters that don't join with the next one: after them, a non-joiner changes nothing.
const unjoinable = String.raw`[\u0621-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06cd\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef]`;
const arabicLetter = String.raw`[\p{Script=Arabic}&&\p{L}]`;

const neededInWords = new RegExp(
  [
    // Persian, Urdu, Kurdish and others: both letters would join.
    String.raw`(?<=[${arabicLetter}--${unjoinable}]\p{Mn}*)\u200c(?=\p{Mn}*${arabicLetter})`,
    // Hindi and others: the letters would combine.
    String.raw`(?<=\p{L}\p{M}*${virama})\u200c(?=\p{L})`,
    // Sinhala: the letters do combine; Malayalam: the last one has its final form.
    String.raw`(?<=\p{L}\p{M}*${virama})\u200d`,
    // Bengali and Kannada: a ra keeps its form before the sign.
    String.raw`(?<=[\u09b0\u0cb0])[\u200c\u200d](?=[\u09cd\u0ccd]\p{L})`,
  ].join("|"),
  "gv",
);
