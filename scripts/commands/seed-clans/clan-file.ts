import { readFileSync } from "node:fs";
import { ClanName, Region } from "@clan-platform/service/clans/schemas.ts";
import { CsvError, parse } from "csv-parse/sync";
import { CliError } from "../terminal/cli-error.ts";
import { parseCreatedAt } from "./created-at.ts";

export interface ClanLine {
  line: number;
  name: string;
  region: string | null;
  /** A time that PostgreSQL reads; null is "now". */
  createdAt: string | null;
}

/** A line and what is wrong with it. */
export interface Finding {
  line: number;
  text: string;
  reason: string;
}

export interface ClanFile {
  clans: ClanLine[];
  /** Lines that are not taken. */
  rejected: Finding[];
  /** Lines that are taken, with a change. */
  warnings: Finding[];
}

/**
 * Reads a file of clans: separated by tabs, commas or semicolons, with a header that has `name` and may have
 * `region` and `created_at`, in any order.
 * @throws {CliError} when the file is missing, empty, not UTF-8, not a table, or has no `name` column
 */
export function readClanFile(path: string): ClanFile {
  return parseClanFile(decode(path, readBytes(path)), path);
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const why =
      code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : String(cause);
    throw new CliError(`${path} can't be read: ${why}; nothing was seeded.`, { cause });
  }
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CliError(`${path} is not UTF-8: save it as UTF-8 and try again; nothing was seeded.`, {
      cause,
    });
  }
}

function parseClanFile(text: string, path: string): ClanFile {
  if (text.trim() === "") throw new CliError(`${path} is empty: it needs a header line with a name column.`);
  const delimiter = detectDelimiter(text);
  const [header, ...records] = parseRecords(text, delimiter, path);
  const columns = (header?.fields ?? []).map((column) => column.trim().toLowerCase());
  if (!columns.includes("name")) {
    throw new CliError(
      `${path} has no name column: its header is "${header?.text}", and name, region, created_at are known; nothing was seeded.`,
    );
  }
  const file: ClanFile = { clans: [], rejected: [], warnings: [] };
  for (const record of records) readRecord(record, columns, file);
  return file;
}

function detectDelimiter(text: string): string {
  const header = text.trimStart().split(/\r?\n|\r/, 1)[0] ?? "";
  return ["\t", ";", ","].find((candidate) => header.includes(candidate)) ?? ",";
}

interface FileRecord {
  fields: string[];
  text: string;
  line: number;
}

function parseRecords(text: string, delimiter: string, path: string): FileRecord[] {
  try {
    const parsed = parse(text, {
      delimiter,
      // A tab-separated export doesn't quote: a quotation mark there is a part of the name.
      quote: delimiter === "\t" ? null : '"',
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      skip_empty_lines: true,
      info: true,
      raw: true,
    }) as unknown as { record: string[]; raw: string; info: { lines: number } }[];
    return parsed.map(({ record, raw, info }) => ({
      fields: record,
      text: raw.replace(/[\r\n]+$/, "").replace(/^[\r\n]+/, ""),
      line: info.lines,
    }));
  } catch (cause) {
    const why = cause instanceof CsvError ? cause.message : String(cause);
    throw new CliError(`${path} is not a table of separated values: ${why}; nothing was seeded.`, { cause });
  }
}

function readRecord({ fields, text, line }: FileRecord, columns: string[], file: ClanFile): void {
  const reject = (reason: string) => file.rejected.push({ line, text, reason });
  const extra = fields.slice(columns.length);
  if (fields.length < columns.length) return void reject(`has ${fields.length} of ${columns.length} columns`);
  if (extra.some((field) => field.trim() !== "")) {
    return void reject(`has ${fields.length} columns, and the header ${columns.length}`);
  }
  const field = (column: string) => fields[columns.indexOf(column)]?.trim() ?? "";

  const name = ClanName.safeParse(field("name"));
  if (!name.success) return void reject(`name ${name.error.issues[0]?.message}`);

  const createdAtText = field("created_at");
  const createdAt = createdAtText === "" ? null : parseCreatedAt(createdAtText);
  if (createdAt === undefined) {
    return void reject(
      `created_at "${createdAtText}" is no time: YYYY-MM-DD H:MM:SS, ISO 8601 or epoch seconds`,
    );
  }

  const regionText = field("region");
  const region = regionText === "" ? null : Region.safeParse(regionText);
  if (region && !region.success) {
    file.warnings.push({
      line,
      text,
      reason: `region "${regionText}" is no code; the clan is kept without one`,
    });
  }
  file.clans.push({ line, name: name.data, region: region?.data ?? null, createdAt });
}
