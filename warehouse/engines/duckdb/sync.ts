import { randomUUID } from "node:crypto";
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import {
  type ChangesField,
  changesFields,
  clanChangesFields,
  erasedDaysQuery,
  eraseRejected,
  expireRejected,
  hasErasedQuery,
  lowerWatermarks,
  membershipChangesFields,
  mergeClanDifferences,
  mergeDifferences,
  mergeMembershipDifferences,
  noteDays,
  noteSync,
  overtaken,
  stageClanDifferences,
  stageDeletions,
  stageDifferences,
  stageMembershipDifferences,
  touchedDaysQuery,
} from "../../sync/statements.ts";
import { activitySyncsTable, fullName, rawTable } from "../../tables/table.ts";
import { type SharedStatement, withValues } from "../../templates.ts";
import type { Changes, SyncReport } from "../../warehouse.ts";
import { inNoOrder } from "./in-no-order.ts";
import { joiningAsWritten } from "./joining-as-written.ts";
import { postgresText, unescaped } from "./postgres-text.ts";
import { readCsv } from "./read-csv.ts";
import { run } from "./run.ts";
import { duckdbTypes } from "./types.ts";

/** Brings changes into the raw table in one transaction: completely or, when the process ends before, not at all. */
export const syncActivity = (
  connection: DuckDBConnection,
  changes: Changes,
): Promise<SyncReport | undefined> => inNoOrder(connection, () => bringIn(connection, changes));

async function bringIn(
  connection: DuckDBConnection,
  { files, since, isClockSetBack, syncedTo, startedAt }: Changes,
): Promise<SyncReport | undefined> {
  const sync_id = randomUUID();
  await stage(connection, "changes", files.activity, changesFields);
  await stage(connection, "clan_changes", files.clans, clanChangesFields);
  await stage(connection, "membership_changes", files.memberships, membershipChangesFields);
  const [hasErased = false] = firstRow(await run(connection, hasErasedQuery));
  const days = await touchedDays(connection, Boolean(hasErased));
  const values = { sync_id, since, started_at: startedAt, synced_to: syncedTo };
  await stageInOrder(connection, days);
  if (hasErased) await runShared(connection, stageDeletions, values, days);
  await run(connection, stageClanDifferences);
  await run(connection, stageMembershipDifferences);
  await connection.run("begin transaction");
  try {
    const [isOvertaken] = firstRow(await runShared(connection, overtaken, values));
    if (!isOvertaken) {
      await run(connection, mergeClanDifferences);
      await run(connection, mergeMembershipDifferences);
      if (isClockSetBack) await runShared(connection, lowerWatermarks, values);
      for (const statement of [mergeDifferences, noteDays, noteSync]) {
        await runShared(connection, statement, values, days);
      }
      await connection.run(expireRejected);
      // An error of what is not JSON becomes null.
      if (hasErased) await connection.run(eraseRejected((json) => `try(json_extract_string(${json}, '$'))`));
    }
    await connection.run("commit");
    return isOvertaken ? undefined : await reportOf(connection, sync_id);
  } catch (error) {
    await connection.run("rollback").catch(() => {});
    throw error;
  } finally {
    for (const table of temporaryTables) await connection.run(`drop table if exists ${table}`);
  }
}

const temporaryTables = [
  "changes",
  "differences",
  "clan_changes",
  "clan_differences",
  "membership_changes",
  "membership_differences",
];

const differences = stageDifferences("all");
const hasRowsOfDays: SharedStatement = {
  template: `select count(*) > 0 from (select 1 from ${fullName(rawTable)} where event_date in {{days}} limit 1) as found`,
  parameters: ["days"],
};

/**
 * Stages the differences in the order in which the raw table has their rows. DuckDB updates rows that are next to each other at once, and
 * unpacks each column for every other (https://github.com/duckdb/duckdb/issues/11275): a million updates in no order took two
 * minutes, in the table's order half a second.
 */
async function stageInOrder(connection: DuckDBConnection, days: DuckDBValue[]): Promise<void> {
  const stage = () => runShared(connection, differences, {}, days);
  const [hasRows] = firstRow(await runShared(connection, hasRowsOfDays, {}, days));
  // Where there are no rows, there is no order, and what DuckDB chooses is quicker.
  await (hasRows ? joiningAsWritten(connection, stage) : stage());
}

/** Copies a file into a temporary table. */
async function stage(
  connection: DuckDBConnection,
  table: string,
  path: string,
  fields: ChangesField[],
): Promise<void> {
  const staged = (as: Record<string, string>) =>
    connection.run(`create or replace temp table ${table} as ${selectFrom(path, fields, as)}`);
  try {
    await staged(plainTypes);
  } catch (error) {
    if (!(error instanceof Error) || !/^(Invalid Input|Conversion) Error/.test(error.message)) throw error;
    await staged(types);
  }
}

const types: Record<string, string> = { ...duckdbTypes, BOOL: "boolean" };

// Up to nine digits before the decimal point fit a 64-bit number, which DuckDB reads many times faster; more are rare. More
// than nine after it are rounded half away from zero, as PostgreSQL would, where it takes three times as long.
const plainTypes = { ...types, NUMERIC: "decimal(18, 9)" };

function selectFrom(path: string, fields: ChangesField[], as: Record<string, string>): string {
  const columns = fields.map(({ name, type }) => ({ name, type: as[type] }));
  const textOf = ({ name, type }: ChangesField) => (type === "STRING" ? unescaped(name) : name);
  const selected = fields.map((field) => `cast(${textOf(field)} as ${types[field.type]}) as ${field.name}`);
  return `select ${selected.join(", ")} from ${readCsv(path, columns, postgresText)}`;
}

/** The days that the changes touch: theirs, and those on which erased users have rows. */
async function touchedDays(connection: DuckDBConnection, hasErased: boolean): Promise<DuckDBValue[]> {
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
  const sql = `select rows_inserted, rows_updated, rows_deleted, clans_changed, memberships_changed
    from ${fullName(activitySyncsTable)}
    where sync_id = @sync_id`;
  const [inserted = 0, updated = 0, deleted = 0, clans = 0, memberships = 0] = firstRow(
    await run(connection, sql, { sync_id }),
  ).map(Number);
  return { inserted, updated, deleted, clans, memberships };
}
