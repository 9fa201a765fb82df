import { LineFault } from "@clan-platform/contract/lines/line-reader.ts";
import type { Line } from "@clan-platform/contract/lines/read-lines.ts";
import { splitCsv } from "@clan-platform/contract/lines/split-csv.ts";

const maxRecordLines = 20;

/** The values of a line, or what is wrong with it as a whole. */
export type ClanRecord = { line: number; text: string } & (
  | { values: string[] }
  | { message: string; reason: string }
);

/** Splits lines into records of `columns` values; a value over several lines is a fault of the first one. */
export function* readRecords(lines: Line[], columns: number, delimiter: string): Generator<ClanRecord> {
  for (let at = 0; at < lines.length; at++) {
    const { number: line, text } = lines[at] as { number: number; text: string };
    const split = trySplit(text, delimiter);
    if (Array.isArray(split)) {
      yield { line, text, values: split };
      continue;
    }
    const whole = lines.slice(at, at + lineCountOf(lines.slice(at, at + maxRecordLines), columns, delimiter));
    if (whole.length > 0) {
      const reason = "has a value with a line break";
      const message = `${reason} (it ends in line ${whole.at(-1)?.number})`;
      yield { line, text: joined(whole), message, reason };
      at += whole.length - 1;
      // Exports of databases separate by tabs and don't quote: a quotation mark is a part of the name.
    } else if (delimiter === "\t") yield { line, text, values: text.split("\t") };
    else yield { line, text, message: split.message, reason: split.message };
  }
}

/** Of how many of these lines the first ones make up one record together; 0 when none do. */
function lineCountOf(lines: Line[], columns: number, delimiter: string): number {
  for (let count = 2; count <= lines.length; count++) {
    const split = trySplit(joined(lines.slice(0, count)), delimiter);
    if (Array.isArray(split) && split.length === columns) return count;
  }
  return 0;
}

const joined = (lines: Line[]) => lines.map(({ text }) => text).join("\n");

function trySplit(text: string, delimiter: string): string[] | LineFault {
  try {
    return splitCsv(text, delimiter, { relaxed: true });
  } catch (error) {
    if (error instanceof LineFault) return error;
    throw error;
  }
}
