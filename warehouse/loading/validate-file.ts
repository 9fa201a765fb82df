import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { csvHeader, toCsvText } from "@clan-platform/contract/csv-text.ts";
import { InputError } from "@clan-platform/contract/errors.ts";
import { csv, ndjson } from "@clan-platform/contract/lines/formats.ts";
import { readLines } from "@clan-platform/contract/lines/read-lines.ts";
import { RejectGroups } from "@clan-platform/contract/lines/reject-groups.ts";
import {
  type RejectedRow,
  type ValidatedRows,
  validateRows,
} from "@clan-platform/contract/lines/validate-rows.ts";
import { type FileFindings, type RawFile, WarehouseError } from "../warehouse.ts";

/** A line that violates the contract, as it is quarantined in `user_daily_metrics_rejected`: by its first fault. */
export interface Reject {
  line: number;
  field: string;
  reason: string;
  /** The line as it came, at most 1000 characters; null when it is not UTF-8. */
  text: string | null;
}

export interface ValidationResult {
  /** Lines with content, not counting the header. */
  read: number;
  rejects: Reject[];
  findings: FileFindings;
}

/**
 * Validates a raw file by the rules of the contract, which are those of the service: valid rows go to `validPath` as gzip
 * CSV, in the contract's form (codes in upper case), with the number of their line as last column `line`.
 * @throws {WarehouseError} when a line is longer than the contract allows, or more than half of the lines are rejected and
 *   the file does not allow that
 */
export async function validateFile(file: RawFile, validPath: string): Promise<ValidationResult> {
  const findings: FileFindings = { rejects: [], countryPlaceholders: 0, ignored: [] };
  const result: ValidationResult = { read: 0, rejects: [], findings };
  const format = file.format === "csv" ? csv : ndjson;
  const rows = validateRows(readLines(createReadStream(file.unpacked)), format);
  try {
    await pipeline(
      Readable.from(toCsvLines(rows, result)),
      createGzip({ level: 1 }),
      createWriteStream(validPath),
    );
  } catch (cause) {
    if (cause instanceof InputError) throw new WarehouseError(`${file.path}: ${cause.message}`, { cause });
    throw cause;
  }
  const rejected = result.rejects.length;
  if (2 * rejected > result.read && !file.allowRejects) throw mostlyRejected(file, result);
  return result;
}

async function* toCsvLines(
  blocks: AsyncIterable<ValidatedRows>,
  result: ValidationResult,
): AsyncGenerator<string> {
  yield `${csvHeader},line\n`;
  const groups = new RejectGroups();
  for await (const { valid, rejected, countryPlaceholders, ignored } of blocks) {
    result.read += valid.length + rejected.length;
    for (const row of rejected) {
      result.rejects.push(toReject(row));
      groups.add(row);
    }
    result.findings.countryPlaceholders += countryPlaceholders;
    result.findings.ignored = [...ignored];
    let text = "";
    for (const { line, row } of valid) text += `${toCsvText(row)},${line}\n`;
    if (text !== "") yield text;
  }
  result.findings.rejects = groups.list();
}

/** Nobody wants that by accident: it is the wrong file, or made by another version of something. */
function mostlyRejected({ path }: RawFile, { read, rejects, findings }: ValidationResult): WarehouseError {
  const [first] = findings.rejects;
  const reason = first
    ? `${first.count.toLocaleString("en")} because ${first.field} ${first.reason} (line ${first.example.line})`
    : "";
  const counts = `${rejects.length.toLocaleString("en")} of ${read.toLocaleString("en")} lines`;
  return new WarehouseError(
    `${path} breaks the contract in ${counts}, ${reason}; nothing of it was loaded. To load the others, add --allow-rejects to npm run load-raw.`,
  );
}

function toReject({ line, field, message, text }: RejectedRow): Reject {
  return { line, field, reason: message, text: text?.slice(0, 1_000) ?? null };
}
