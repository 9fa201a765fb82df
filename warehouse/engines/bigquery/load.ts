import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { ValidationResult } from "../../loading/validate-file.ts";
import { type LoadReport, type RawFile, WarehouseError } from "../../warehouse.ts";
import type { Connection } from "./connection.ts";
import { JobFailed } from "./failures.ts";
import { doJob } from "./jobs.ts";
import { type Parameter, queryConfiguration, runQuery } from "./queries.ts";
import { dropStaged, type Staged, shortOf, stage } from "./staging.ts";
import { findFile, loadFileScript, mergedDays } from "./statements.ts";

export type ValidateFile = (file: RawFile, folder: string) => Promise<ValidationResult>;

/**
 * Loads a file: valid rows and rejected lines go into staging tables, and from there into the tables in one transaction.
 * Jobs and staging tables are named after the file's digest, so that another load of the same file, after a crash or at
 * the same time, continues where this one is and repeats nothing.
 * @throws {WarehouseError} when BigQuery refuses the rows
 */
export async function loadFile(
  connection: Connection,
  validate: ValidateFile,
  file: RawFile,
): Promise<LoadReport> {
  const before = await reportOf(connection, file);
  if (before) return { ...before, wasLoaded: true };
  const folder = await mkdtemp(join(tmpdir(), "clan-part-"));
  try {
    const validated = await validate(file, folder);
    const staged = await stage(connection, file, validated);
    const wasLoaded = await moveStaged(connection, file, validated, staged);
    await dropStaged(connection, file);
    const report = await reportOf(connection, file);
    if (!report)
      throw new WarehouseError(
        `${file.path} was loaded, and its entry in loaded_parts has been deleted since.`,
      );
    return { ...report, wasLoaded, ...(!wasLoaded && { findings: validated.findings }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function reportOf(
  connection: Connection,
  file: RawFile,
): Promise<Omit<LoadReport, "wasLoaded"> | undefined> {
  const [row] = await runQuery(connection, findFile, { part: text(file.digest) });
  if (!row) return undefined;
  const count = (name: string) => Number(row[name]);
  return {
    read: count("rows_read"),
    loaded: count("rows_loaded"),
    replaced: count("rows_replaced"),
    rejected: count("rows_rejected"),
  };
}

/** Returns whether another process loaded the file in the meantime. */
async function moveStaged(
  connection: Connection,
  file: RawFile,
  { read, rejected }: ValidationResult,
  { days, ...staging }: Staged,
): Promise<boolean> {
  const merged = mergedDays(days ?? []);
  const script = loadFileScript(
    staging,
    merged.map(([parameter]) => parameter),
  );
  const configuration = queryConfiguration(connection, script, {
    part: text(file.digest),
    file: text(basename(file.path)),
    rows_read: { type: "INT64", value: String(read) },
    rows_rejected: { type: "INT64", value: String(rejected) },
    ...(days && {
      sync_id: text(randomUUID()),
      days: dates(days),
      ...Object.fromEntries(merged.map(([parameter, days]) => [parameter, dates(days)])),
    }),
  });
  const isLoaded = async () => (await reportOf(connection, file)) !== undefined;
  try {
    await doJob(connection, { name: `merge_raw_${shortOf(file)}`, configuration }, isLoaded);
    return false;
  } catch (error) {
    if (error instanceof JobFailed && (await isLoaded())) return true;
    throw error;
  }
}

const dates = (value: string[]): Parameter => ({ type: "ARRAY<DATE>", value });
const text = (value: string): Parameter => ({ type: "STRING", value });
