const blanks = String.raw`[ \t\r\ufeff]*`;
const line = String.raw`${blanks}(?:"?sep=(?:.|\\t)"?${blanks})?`;
const wholeLine = new RegExp(String.raw`^${line}\n?$`, "i");
const firstLines = new RegExp(String.raw`^(?:${line}\n)*${blanks}`, "i");

/**
 * Whether a line may stand before the header of a CSV: one of blanks, of which a byte order mark is one, or Excel's `sep=;`.
 * It is left out: the header shows the delimiter by itself.
 */
export const isBeforeHeader = (line: string) => wholeLine.test(line);

/** A text from its header on, or from its first object. */
export const fromHeader = (text: string) => text.replace(firstLines, "");
