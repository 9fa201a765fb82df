import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

/** Columns of the terminal; in a pipe or a file those of COLUMNS, otherwise 80. */
export function terminalWidth(): number {
  return process.stdout.columns || process.stderr.columns || Number(process.env.COLUMNS) || 80;
}

/** Text in lines of at most `width` columns, broken between words; a longer word stands alone and whole. */
export const wrapWords = (text: string, width: number): string[] =>
  wrapAnsi(text, Math.max(1, width), { hard: false, trim: true }).split("\n");

/** A paragraph that fits the terminal: its first line begins with `first`, the following ones are indented as far, or by `hanging`. */
export function paragraph(first: string, text: string, hanging = " ".repeat(first.length)): string {
  // Stands for what the first line has more than the others.
  const longer = "_".repeat(Math.max(0, first.length - hanging.length));
  const [head = "", ...rest] = wrapWords(`${longer}${text}`, terminalWidth() - hanging.length);
  return [`${first}${head.slice(longer.length)}`, ...rest.map((line) => `${hanging}${line}`)].join("\n");
}

/** Text whose lines fit the terminal: one that does not is wrapped below its indentation, unless it is to be copied. */
export const fitted = (text: string) => text.split("\n").map(fittedLine).join("\n");

function fittedLine(line: string): string {
  if (stringWidth(line) <= terminalWidth() || isCommand(line)) return line;
  const [indentation = ""] = /^ */.exec(line) ?? [];
  return paragraph(indentation, line.slice(indentation.length));
}

/** A terminal that wraps a command copies it whole; one of several lines would be run line by line. A sentence that mentions a command isn't one. */
const isCommand = (line: string) => /^ *(?:npm|pulumi|gcloud|sudo|open) /.test(line) && !/\w[.:]$/.test(line);

/** A line of at most `width` columns; of a longer one, the beginning and an ellipsis. */
export function cut(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  let start = "";
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    if (stringWidth(start + segment) > width - 1) break;
    start += segment;
  }
  return `${start}…`;
}
