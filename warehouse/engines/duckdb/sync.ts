import { randomUUID } from "node:crypto";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import {
  changesFields,
  erasedDaysQuery,
  eraseRejected,
  hasErasedQuery,
  mergeDifferences,
  noteDays,
  noteSync,
  overtaken,
  stageDifferences,
  touchedDaysQuery,
} from "../../sync/statements.ts";
import { activitySyncsTable, fullName } from "../../tables/table.ts";
import { type SharedStatement, withValues } from "../../templates.ts";
import type { ActivityChanges, SyncReport } from "../../warehouse.ts";
import { run } from "./run.ts";
import { duckdbTypes } from "./types.ts";

/** Brings changes into the raw table in one transaction: completely or, when the process ends before, not at all. */
export async function syncActivity(
  connection: DuckDBConnection,
  changes: ActivityChanges,
): Promise<SyncReport | undefined> {
  // No statement of a sync depends on the order of rows, and keeping it takes a third longer. A load depends on it.
  await connection.run("set preserve_insertion_order = false");
  try {
    return await bringIn(connection, changes);
  } finally {
    await connection.run("reset preserve_insertion_order");
  }
}

async function bringIn(
  connection: DuckDBConnection,
  { path, since, syncedTo, startedAt }: ActivityChanges,
): Promise<SyncReport | undefined> {
  const sync_id = randomUUID();
  await stage(connection, path);
  const days = await touchedDays(connection);
  const values = { sync_id, since, started_at: startedAt, synced_to: syncedTo };
  await runShared(connection, stageDifferences, values, days);
  await connection.run("begin transaction");
  try {
    const [isOvertaken] = firstRow(await runShared(connection, overtaken, values));
    if (!isOvertaken) {
      for (const statement of [mergeDifferences, noteDays, noteSync]) {
        await runShared(connection, statement, values, days);
      }
      await connection.run(eraseRejected);
    }
    await connection.run("commit");
    return isOvertaken ? undefined : await reportOf(connection, sync_id);
  } catch (error) {
    await connection.run("rollback").catch(() => {});
    throw error;
  } finally {
    await connection.run("drop table if exists changes");
    await connection.run("drop table if exists differences");
  }
}

/** Copies the file into `changes`. */
async function stage(connection: DuckDBConnection, path: string): Promise<void> {
  try {
    await connection.run(stageStatement(path, plainTypes));
  } catch (error) {
    if (!(error instanceof Error) || !/^(Invalid Input|Conversion) Error/.test(error.message)) throw error;
    await connection.run(stageStatement(path, types));
  }
}

const types: Record<string, string> = { ...duckdbTypes, BOOL: "boolean" };

// Up to nine digits before the decimal point fit a 64-bit number, which DuckDB reads many times faster; more are rare. More
// than nine after it are rounded half away from zero, as PostgreSQL would, where it takes three times as long.
const plainTypes = { ...types, NUMERIC: "decimal(18, 9)" };

/** Without detection: COPY's notation distinguishes an empty text from null. */
function stageStatement(path: string, as: Record<string, string>): string {
  const columns = changesFields.map(({ name, type }) => `${name}: '${as[type]}'`);
  const selected = changesFields.map(({ name, type }) => `cast(${name} as ${types[type]}) as ${name}`);
  return `create or replace temp table changes as
    select ${selected.join(", ")}
    from read_csv('${path.replaceAll("'", "''")}', columns = {${columns.join(", ")}},
      header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '')`;
}

/** The days that the changes touch: theirs, and those on which erased users have rows. */
async function touchedDays(connection: DuckDBConnection): Promise<DuckDBValue[]> {
  const [hasErased] = firstRow(await run(connection, hasErasedQuery));
  const erased = hasErased ? ` union distinct ${erasedDaysQuery}` : "";
  const result = await run(connection, `${touchedDaysQuery}${erased}`);
  return result.getRows().map(([day]) => day ?? null);
}

/** Runs a statement with those of the values that are its parameters; `days` becomes a list, of which DuckDB skips blocks. */
function runShared(
  connection: DuckDBConnection,
  statement: SharedStatement,
  values: Record<string, DuckDBValue>,
  days: DuckDBValue[] = [],
) {
  const own: Record<string, DuckDBValue> = {};
  const sql = withValues(statement, (name) => {
    const listed = name === "days" ? (days.length > 0 ? days : [null]) : undefined;
    if (!listed) {
      own[name] = values[name] ?? null;
      return `@${name}`;
    }
    for (const [at, day] of listed.entries()) own[`day_${at}`] = day;
    return `(${listed.map((_, at) => `@day_${at}`).join(", ")})`;
  });
  return run(connection, sql, own);
}

const firstRow = (result: Awaited<ReturnType<typeof run>>): DuckDBValue[] => result.getRows()[0] ?? [];

async function reportOf(connection: DuckDBConnection, sync_id: string): Promise<SyncReport> {
  const sql = `select rows_inserted, rows_updated, rows_deleted
    from ${fullName(activitySyncsTable)}
    where sync_id = @sync_id`;
  const [inserted, updated, deleted] = firstRow(await run(connection, sql, { sync_id }));
  return { inserted: Number(inserted), updated: Number(updated), deleted: Number(deleted) };
}
