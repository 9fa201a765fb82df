import { randomUUID } from "node:crypto";
import { measureColumns } from "@clan-platform/contract/columns.ts";
import type { DateRange } from "../../days.ts";
import { readStatement, withParameters } from "../../templates.ts";
import type { Row, Warehouse } from "../../warehouse.ts";
import { recomputeDays, recomputeTouchedDays } from "../recompute/recompute.ts";
import { noteDaySql } from "../recompute/statements.ts";
import { replacingDays } from "../replacing-days.ts";
import { activitySyncDaysTable, rawTable } from "../table.ts";

const file = (name: string) => new URL(name, import.meta.url);
const columns = rawTable.fields.map(({ name }) => name);
const key = rawTable.key.join(", ");
const parameters = ["from_date", "to_date"] as const;
const latestFirst = [
  "total_session_count",
  ...measureColumns.filter((name) => name !== "total_session_count"),
];

/** The claim of the check that these statements repair. */
export const keyClaim = "a user has one row a day and platform";

export const repeatedKeysSql = withParameters(readStatement(file("repeated-keys.sql"), parameters, { key }));

const latestRows = readStatement(file("latest-rows.sql"), parameters, {
  key,
  columns: columns.join(", "),
  latest_first: latestFirst.map((name) => `${name} desc`).join(", "),
});

/** Replaces the days from @from_date to @to_date in the raw table by one row per key. */
export const deduplicateSql = withParameters(replacingDays(rawTable, latestRows.template));

export interface RepeatedKeys extends Row {
  event_date: string;
  /** Keys that more than one row has. */
  keys: number;
  /** Rows that `deduplicate` removes. */
  surplus_rows: number;
}

/** The days on which a key of the raw table has more than one row. */
export const repeatedKeys = (warehouse: Warehouse, days: DateRange): Promise<RepeatedKeys[]> =>
  warehouse.query<RepeatedKeys>(repeatedKeysSql, days);

/**
 * Keeps one row per key of a day in the raw table, and recomputes what the day touches. After an interruption, the next run, sync or
 * load does the rest.
 */
export async function deduplicate(warehouse: Warehouse, day: string): Promise<void> {
  const days = { from_date: day, to_date: day };
  // On BigQuery one transaction: a scheduled run between the two would compute the day with its copies, and note it as covered.
  await warehouse.runScript([
    {
      sql: noteDaySql,
      parameters: { event_date: day },
      texts: { sync_id: randomUUID() },
      writes: activitySyncDaysTable,
    },
    { sql: deduplicateSql, parameters: days, writes: rawTable },
  ]);
  if (warehouse.supports.recomputeTouchedDays) await recomputeTouchedDays(warehouse);
  else await recomputeDays(warehouse, days);
}
