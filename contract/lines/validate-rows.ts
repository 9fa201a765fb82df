import { ActivityRow } from "../activity-row.ts";
import { InputError } from "../errors.ts";
import { firstFault } from "../first-fault.ts";
import { readPlainRow } from "../plain-row.ts";
import type { Format } from "./formats.ts";
import { LineFault, type LineReader } from "./line-reader.ts";
import type { Line } from "./read-lines.ts";

// About two milliseconds of work. Lines that take longer, such as those whose country is none, are fewer in a block.
const maxBlockLines = 256;
const maxBlockMs = 5;

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
  /** The message without what is particular to this line, so that rejects can be grouped by it. */
  reason: string;
  /** How many more faults it has. */
  otherFaults: number;
  /** The line as it came; null when it is not UTF-8. */
  text: string | null;
}

export interface ValidatedRows {
  valid: ValidRow[];
  rejected: RejectedRow[];
  /** Valid rows whose country is a placeholder such as `NULL` or `Unknown`, and so taken as not known. */
  countryPlaceholders: number;
  /** The names that are no columns, so far; their values are left out. */
  ignored: ReadonlySet<string>;
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
  let reader = format.hasHeader ? undefined : await format.reader("");
  let isEmpty = true;
  const isHeader = ({ text }: Line) => text === null || !format.isBeforeHeader?.(text);
  for await (const lines of blocks) {
    isEmpty &&= lines.length === 0;
    let at = 0;
    if (!reader) {
      const found = lines.findIndex(isHeader);
      if (found === -1) continue;
      reader = await format.reader(headerOf(lines[found] as Line));
      at = found + 1;
    }
    yield* validateInBlocks(lines.slice(at), reader);
  }
  if (isEmpty || !reader) throw new InputError("EMPTY_BODY", "There are no rows.");
}

function headerOf({ text }: Line): string {
  if (text !== null) return text;
  const message =
    "The first line is not UTF-8: send text in UTF-8, and a compressed body with its Content-Encoding; nothing was stored.";
  throw new InputError("INVALID_HEADER", message);
}

function* validateInBlocks(lines: Line[], { read, ignored }: LineReader): Generator<ValidatedRows> {
  for (let at = 0; at < lines.length; ) {
    const block: ValidatedRows = { valid: [], rejected: [], countryPlaceholders: 0, ignored };
    const end = Math.min(at + maxBlockLines, lines.length);
    const startedAt = performance.now();
    do addLine(block, lines[at++] as Line, read);
    while (at < end && performance.now() - startedAt < maxBlockMs);
    yield block;
  }
}

function addLine(block: ValidatedRows, { number, text }: Line, read: LineReader["read"]): void {
  const checked = text === null ? lineFault("is not UTF-8") : validateLine(text, read);
  if ("row" in checked) {
    block.valid.push({ line: number, row: checked.row });
    if (checked.hasPlaceholder) block.countryPlaceholders++;
  } else block.rejected.push({ line: number, ...checked, text });
}

type Fault = Pick<RejectedRow, "field" | "message" | "reason" | "otherFaults">;

function validateLine(
  text: string,
  read: LineReader["read"],
): { row: ActivityRow; hasPlaceholder: boolean } | Fault {
  try {
    const raw = read(text);
    const row = readPlainRow(raw);
    if (row) return { row, hasPlaceholder: false };
    const result = ActivityRow.safeParse(raw);
    if (result.success) return { row: result.data, hasPlaceholder: hasPlaceholder(raw, result.data) };
    const { path, message, reason } = firstFault(result.error);
    return { field: path.join(".") || "line", message, reason, otherFaults: result.error.issues.length - 1 };
  } catch (error) {
    if (error instanceof LineFault) return lineFault(error.message);
    throw error;
  }
}

const lineFault = (message: string): Fault => ({
  field: "line",
  message,
  reason: message,
  otherFaults: 0,
});

const hasPlaceholder = (raw: unknown, { country }: ActivityRow) =>
  country === null && typeof raw === "object" && Boolean((raw as { country?: unknown } | null)?.country);
