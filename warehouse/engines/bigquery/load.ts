import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { ValidationResult } from "../../loading/validate-file.ts";
import { type Part, type PartReport, WarehouseError } from "../../warehouse.ts";
import type { Connection } from "./connection.ts";
import { JobFailed } from "./failures.ts";
import { doJob } from "./jobs.ts";
import { type Parameter, queryConfiguration, runQuery } from "./queries.ts";
import { dropStaged, type Staged, shortOf, stage } from "./staging.ts";
import { findPart, loadPartScript } from "./statements.ts";

export type ValidateFile = (part: Part, goodPath: string) => Promise<ValidationResult>;

/**
 * Loads a part: good rows and rejects go into staging tables, and from there into the tables in one transaction. Jobs and
 * staging tables are named after the part's digest, so that whoever loads the same part again, after a crash or at the
 * same time, goes on where the other is and repeats nothing.
 * @throws {WarehouseError} when BigQuery refuses the rows
 */
export async function loadPart(
  connection: Connection,
  validate: ValidateFile,
  part: Part,
): Promise<PartReport> {
  const before = await reportOf(connection, part);
  if (before) return { ...before, wasLoaded: true };
  const folder = await mkdtemp(join(tmpdir(), "clan-part-"));
  try {
    const goodPath = join(folder, "good.csv.gz");
    const validated = await validate(part, goodPath);
    const staged = await stage(connection, part, validated, goodPath);
    const wasLoaded = await moveStaged(connection, part, validated, staged);
    await dropStaged(connection, part);
    const report = await reportOf(connection, part);
    if (!report) throw new WarehouseError(`${part.path} was loaded, and somebody deleted it since.`);
    return { ...report, wasLoaded };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function reportOf(
  connection: Connection,
  part: Part,
): Promise<Omit<PartReport, "wasLoaded"> | undefined> {
  const [row] = await runQuery(connection, findPart, { part: text(part.digest) });
  if (!row) return undefined;
  const count = (name: string) => Number(row[name]);
  return {
    read: count("rows_read"),
    loaded: count("rows_loaded"),
    replaced: count("rows_replaced"),
    rejected: count("rows_rejected"),
  };
}

/** Returns whether another had loaded the part in the meantime. */
async function moveStaged(
  connection: Connection,
  part: Part,
  { read, rejects }: ValidationResult,
  { days, ...staging }: Staged,
): Promise<boolean> {
  const configuration = queryConfiguration(loadPartScript(staging), {
    part: text(part.digest),
    file: text(basename(part.path)),
    rows_read: { type: "INT64", value: String(read) },
    rows_rejected: { type: "INT64", value: String(rejects.length) },
    ...(days && {
      from_date: { type: "DATE", value: days.from },
      to_date: { type: "DATE", value: days.to },
    }),
  });
  const isLoaded = async () => (await reportOf(connection, part)) !== undefined;
  try {
    await doJob(connection, { name: `merge_raw_${shortOf(part)}`, configuration }, isLoaded);
    return false;
  } catch (error) {
    if (error instanceof JobFailed && (await isLoaded())) return true;
    throw error;
  }
}

const text = (value: string): Parameter => ({ type: "STRING", value });
