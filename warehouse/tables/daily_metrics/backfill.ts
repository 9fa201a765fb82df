import { type DateRange, splitRange } from "../../days.ts";
import { readStatement, withParameters } from "../../templates.ts";
import type { Row, Warehouse, WriteStatement } from "../../warehouse.ts";
import { maxPartitionsChanged } from "../partition-limit.ts";
import { dailyMetricsTable } from "../table.ts";
import { dailyMetricsQuery, replaceDaysBy } from "./replace-days.ts";

const { key, fields } = dailyMetricsTable;
const measures = fields.map(({ name }) => name).filter((column) => !key.includes(column));
const freshRows = "select * from fresh_metrics";

/** `changed-days.sql` for the days from @from_date to @to_date, whose new rows are in `fresh_metrics`. */
export const changedDaysSql = withParameters(
  readStatement(new URL("changed-days.sql", import.meta.url), ["from_date", "to_date"], {
    query: freshRows,
    key: key.join(", "),
    is_changed: measures
      .map((column) => `old.${column} is distinct from fresh.${column}`)
      .join("\n      or "),
    same_key: key.map((column) => `old.${column} = fresh.${column}`).join(" and "),
  }),
);

export interface ChangedDay extends Row {
  event_date: string;
  old_rows: number;
  new_rows: number;
  /** Rows of this day that are new, deleted or different. */
  changed_rows: number;
  old_dau: number | null;
  new_dau: number | null;
  /** USD, as decimals. */
  old_revenue: string | null;
  new_revenue: string | null;
}

/** The days that a backfill would change, with their sums before and after. */
export const changedDays = (warehouse: Warehouse, days: DateRange): Promise<ChangedDay[]> =>
  warehouse.runScript<ChangedDay>(changedDaysScript(days));

/** Recomputes these days of daily_metrics, eleven years at a time and each atomically, and returns those that changed. */
export async function backfill(warehouse: Warehouse, days: DateRange): Promise<ChangedDay[]> {
  const changed: ChangedDay[] = [];
  for (const range of splitRange(days, maxPartitionsChanged)) {
    changed.push(...(await warehouse.runScript<ChangedDay>(backfillScript(range))));
  }
  return changed;
}

/** The raw table is aggregated once, into `fresh_metrics`: it has a thousand times the rows of daily_metrics. */
const stageFresh = (parameters: DateRange): WriteStatement => ({
  sql: `create or replace temp table fresh_metrics as\n${dailyMetricsQuery}`,
  parameters,
});

export const changedDaysScript = (parameters: DateRange): WriteStatement[] => [
  stageFresh(parameters),
  { sql: changedDaysSql, parameters },
];

export const backfillScript = (parameters: DateRange): WriteStatement[] => [
  stageFresh(parameters),
  // Before the rows are replaced, after which no day differs.
  { sql: `create or replace temp table changed_days as\n${changedDaysSql}`, parameters },
  replaceDaysBy(freshRows, parameters),
  { sql: "select * from changed_days order by event_date" },
];
