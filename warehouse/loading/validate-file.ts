import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { csvHeader, toCsvText } from "@clan-platform/contract/csv-text.ts";
import { InputError } from "@clan-platform/contract/errors.ts";
import { csv } from "@clan-platform/contract/lines/formats.ts";
import { readLines } from "@clan-platform/contract/lines/read-lines.ts";
import {
  type RejectedRow,
  type ValidatedRows,
  validateRows,
} from "@clan-platform/contract/lines/validate-rows.ts";
import { type RawFile, WarehouseError } from "../warehouse.ts";

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
}

/**
 * Validates a raw file by the rules of the contract, which are those of the service: valid rows go to `validPath` as gzip
 * CSV, in the contract's form (codes in upper case), with the number of their line as last column `line`.
 * @throws {WarehouseError} when a line is longer than the contract allows
 */
export async function validateFile(file: RawFile, validPath: string): Promise<ValidationResult> {
  const result: ValidationResult = { read: 0, rejects: [] };
  const rows = validateRows(readLines(createReadStream(file.unpacked)), csv);
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
  return result;
}

async function* toCsvLines(
  blocks: AsyncIterable<ValidatedRows>,
  result: ValidationResult,
): AsyncGenerator<string> {
  yield `${csvHeader},line\n`;
  for await (const { valid, rejected } of blocks) {
    result.read += valid.length + rejected.length;
    for (const row of rejected) result.rejects.push(toReject(row));
    let text = "";
    for (const { line, row } of valid) text += `${toCsvText(row)},${line}\n`;
    if (text !== "") yield text;
  }
}

function toReject({ line, field, message, text }: RejectedRow): Reject {
  return { line, field, reason: message, text: text?.slice(0, 1_000) ?? null };
}
