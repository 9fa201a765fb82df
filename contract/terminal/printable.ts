// Control and format characters, line and paragraph separators, lone surrogates and private use: those that move the
// cursor, reverse text or are invisible. A tab is harmless; joiners (U+200C, U+200D) are part of scripts and emoji.
const unprintable = /(?![\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/**
 * Text from a file, a path, a row or a server, safe to print on a terminal: control characters are shown escaped, such
 * as `\x1b`, `\n` and `\u202e`.
 */
export const printable = (text: string) => text.replace(unprintable, escaped);

/** Like `printable`, but keeps line feeds, for messages of several lines. */
export const printableLines = (text: string) => text.split("\n").map(printable).join("\n");

const short: Record<string, string> = { "\n": "\\n", "\r": "\\r" };

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character in short) return short[character] ?? "";
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}
