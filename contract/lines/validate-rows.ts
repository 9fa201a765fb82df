import { ActivityRow } from "../activity-row.ts";
import { InputError } from "../errors.ts";
import { readPlainRow } from "../plain-row.ts";
import type { Format } from "./formats.ts";
import { LineFault, type ReadLine } from "./line-fault.ts";
import type { Line } from "./read-lines.ts";

// About two milliseconds of work.
const maxBlockLines = 256;

export interface ValidRow {
  line: number;
  row: ActivityRow;
}

/** A line that breaks the rules, by its first fault. */
export interface RejectedRow {
  line: number;
  /** The field with the fault; `line` when it is the line as a whole. */
  field: string;
  message: string;
  /** How many more faults it has. */
  otherFaults: number;
  /** The line as it came; null when it is not UTF-8. */
  text: string | null;
}

export interface ValidatedRows {
  valid: ValidRow[];
  rejected: RejectedRow[];
}

/**
 * Validates the lines of a file or body, some hundred at once, so that the caller can do other work in between. The header
 * is not among the rows.
 * @throws {InputError} for a wrong header, or when there is neither a header nor a row
 */
export async function* validateRows(
  blocks: AsyncIterable<Line[]>,
  format: Format,
): AsyncGenerator<ValidatedRows> {
  let read = format.hasHeader ? undefined : await format.reader("");
  let isEmpty = true;
  for await (const lines of blocks) {
    if (lines.length === 0) continue;
    isEmpty = false;
    let at = 0;
    read ??= await format.reader(lines[at++]?.text ?? "");
    for (; at < lines.length; at += maxBlockLines) yield validate(lines.slice(at, at + maxBlockLines), read);
  }
  if (isEmpty) throw new InputError("EMPTY_BODY", "There are no rows.");
}

function validate(lines: Line[], read: ReadLine): ValidatedRows {
  const result: ValidatedRows = { valid: [], rejected: [] };
  for (const { number, text } of lines) {
    const checked = text === null ? lineFault("is not UTF-8") : validateLine(text, read);
    if ("row" in checked) result.valid.push({ line: number, row: checked.row });
    else result.rejected.push({ line: number, ...checked, text });
  }
  return result;
}

type Fault = Pick<RejectedRow, "field" | "message" | "otherFaults">;

function validateLine(text: string, read: ReadLine): { row: ActivityRow } | Fault {
  try {
    const raw = read(text);
    const row = readPlainRow(raw);
    if (row) return { row };
    const result = ActivityRow.safeParse(raw);
    if (result.success) return { row: result.data };
    const [first, ...others] = result.error.issues;
    return {
      field: first?.path.join(".") || "line",
      message: first?.message ?? "is not valid",
      otherFaults: others.length,
    };
  } catch (error) {
    if (error instanceof LineFault) return lineFault(error.message);
    throw error;
  }
}

const lineFault = (message: string): Fault => ({ field: "line", message, otherFaults: 0 });
