import wrapAnsi from "wrap-ansi";

/** Text in lines of at most `width` columns, broken between words; a longer word stands alone and whole. */
export const wrapWords = (text: string, width: number): string[] =>
  wrapAnsi(text, Math.max(1, width), { hard: false, trim: true }).split("\n");

/**
 * A paragraph that fits the terminal: its first line begins with `first`, the following ones are indented as far. In a
 * pipe or a file it is one line.
 */
export function paragraph(first: string, text: string, hanging = " ".repeat(first.length)): string {
  const width = process.stdout.columns || Number.POSITIVE_INFINITY;
  const [head = "", ...rest] = wrapWords(text, width - hanging.length);
  return [`${first}${head}`, ...rest.map((line) => `${hanging}${line}`)].join("\n");
}
