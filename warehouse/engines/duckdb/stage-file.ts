import { dirname } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { validateFile } from "../../loading/validate-file.ts";
import { rawTable } from "../../tables/table.ts";
import type { RawFile } from "../../warehouse.ts";
import { readCsv } from "./read-csv.ts";
import { type StagedRows, stagePlain } from "./stage-plain-csv.ts";
import { duckdbTypes } from "./types.ts";

const columns = rawTable.fields.map(({ name }) => name);
const key = rawTable.key.join(", ");

export interface Staged extends StagedRows {
  rows: number;
  /** Of these, rows whose key occurs again later in the file. */
  repeated: number;
}

/**
 * Copies the valid rows into the temporary table `staged`, the last of each key, and returns the rejected lines.
 * @throws {WarehouseError} when more than half are rejected and the file does not allow that
 */
export async function stage(connection: DuckDBConnection, file: RawFile): Promise<Staged> {
  const staged = (await stagePlain(connection, file)) ?? (await stageValidated(connection, file));
  return { ...staged, ...(await keepLast(connection)) };
}

/** Line by line, by the rules of the contract. */
async function stageValidated(connection: DuckDBConnection, file: RawFile): Promise<StagedRows> {
  const { validPath, ...rest } = await validateFile(file, dirname(file.unpacked));
  const cells = [...columns, "line"].map((name) => ({ name }));
  const casts = rawTable.fields.map(({ name, type }) => `cast(${name} as ${duckdbTypes[type]}) as ${name}`);
  await connection.run(
    `create or replace temp table staged as
     select ${casts.join(", ")} from ${readCsv(validPath, cells)}`,
  );
  return { ...rest, relation: "staged" };
}

/** Keeps the last line's row of each key. */
async function keepLast(connection: DuckDBConnection): Promise<{ rows: number; repeated: number }> {
  // Counting their hashes takes two thirds of the time. As many hashes as rows are as many keys.
  const result = await connection.runAndReadAll(`select count(*), count(distinct hash(${key})) from staged`);
  const [rows = 0, hashes = 0] = (result.getRows()[0] ?? []).map(Number);
  if (rows === hashes) return { rows, repeated: 0 };
  const deleted = await connection.run(
    `delete from staged where rowid not in (select max(rowid) from staged group by ${key})`,
  );
  return { rows, repeated: Number(deleted.rowsChanged) };
}
