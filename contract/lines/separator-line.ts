const separator = String.raw`^\s*"?sep=(?:.|\\t)"?`;
const wholeLine = new RegExp(String.raw`${separator}\s*$`, "i");
const firstLine = new RegExp(String.raw`${separator}[ \t]*\r?\n\s*`, "i");

/**
 * Whether a line is Excel's `sep=;`, which may stand before the header of a CSV. It is left out: the header shows the
 * delimiter by itself.
 */
export const isSeparatorLine = (line: string) => wholeLine.test(line);

/** A text that begins with the header, where it began with such a line and blank ones. */
export const withoutSeparatorLine = (text: string) => text.replace(firstLine, "");
