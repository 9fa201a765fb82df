import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
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
import { shortened } from "@clan-platform/contract/text.ts";
import { type FileFindings, type RawFile, WarehouseError } from "../warehouse.ts";

const maxTextLength = 1_000;

export interface ValidationResult {
  /** Lines with content, not counting the header. */
  read: number;
  rejected: number;
  findings: FileFindings;
  /**
   * The valid rows as gzip CSV, in the contract's form (codes in upper case), with the number of their line as last column
   * `line`.
   */
  validPath: string;
  /**
   * The rejected lines as NDJSON, each by its first fault: `line`, `field`, `reason`, and `text`, the line as it came, at
   * most 1000 characters, null when it is not UTF-8.
   */
  rejectedPath: string;
}

/**
 * Validates a raw file by the rules of the contract, which are those of the service, into two files in `folder`. Neither
 * is held in memory.
 * @throws {WarehouseError} when a line is longer than the contract allows, or more than half of the lines are rejected and
 *   the file does not allow that
 */
export async function validateFile(file: RawFile, folder: string): Promise<ValidationResult> {
  const result: ValidationResult = {
    read: 0,
    rejected: 0,
    findings: { rejects: [], countryPlaceholders: 0, ignored: [] },
    validPath: join(folder, "valid.csv.gz"),
    rejectedPath: join(folder, "rejected.ndjson"),
  };
  const format = file.format === "csv" ? csv : ndjson;
  const rows = validateRows(readLines(createReadStream(file.unpacked)), format);
  const rejectedFile = await open(result.rejectedPath, "w");
  try {
    await pipeline(
      Readable.from(toCsvLines(rows, result, rejectedFile)),
      createGzip({ level: 1 }),
      createWriteStream(result.validPath),
    );
  } catch (cause) {
    if (cause instanceof InputError) throw new WarehouseError(`${file.path}: ${cause.message}`, { cause });
    throw cause;
  } finally {
    await rejectedFile.close();
  }
  if (2 * result.rejected > result.read && !file.allowRejects) throw mostlyRejected(file, result);
  return result;
}

async function* toCsvLines(
  blocks: AsyncIterable<ValidatedRows>,
  result: ValidationResult,
  rejectedFile: FileHandle,
): AsyncGenerator<string> {
  yield `${csvHeader},line\n`;
  const groups = new RejectGroups();
  for await (const { valid, rejected, countryPlaceholders, ignored } of blocks) {
    result.read += valid.length + rejected.length;
    result.rejected += rejected.length;
    for (const row of rejected) groups.add(row);
    if (rejected.length > 0) await rejectedFile.write(rejected.map(toJsonLine).join(""));
    result.findings.countryPlaceholders += countryPlaceholders;
    result.findings.ignored = [...ignored];
    let text = "";
    for (const { line, row } of valid) text += `${toCsvText(row)},${line}\n`;
    if (text !== "") yield text;
  }
  result.findings.rejects = groups.list();
}

/** Nobody wants that by accident: it is the wrong file, or made by another version of something. */
function mostlyRejected({ path }: RawFile, { read, rejected, findings }: ValidationResult): WarehouseError {
  const [first] = findings.rejects;
  const reason = first
    ? `${first.count.toLocaleString("en")} because ${first.field} ${first.reason} (line ${first.example.line})`
    : "";
  const counts = `${rejected.toLocaleString("en")} of ${read.toLocaleString("en")} lines`;
  return new WarehouseError(
    `${path} breaks the contract in ${counts}, ${reason}; none of it was loaded. To load the others, add --allow-rejects.`,
  );
}

function toJsonLine({ line, field, message, text }: RejectedRow): string {
  return `${JSON.stringify({ line, field, reason: message, text: text && shortened(text, maxTextLength) })}\n`;
}
