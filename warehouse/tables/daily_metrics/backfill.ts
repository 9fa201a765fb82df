import type { DateRange } from "../../days.ts";
import { readStatement, withParameters } from "../../templates.ts";
import type { Row, Warehouse } from "../../warehouse.ts";
import { dailyMetricsTable } from "../table.ts";
import { dailyMetricsStatement, replaceDays } from "./replace-days.ts";

const { key, fields } = dailyMetricsTable;
const measures = fields.map(({ name }) => name).filter((column) => !key.includes(column));

/** `changed-days.sql` for the days from @from_date to @to_date. */
export const changedDaysSql = withParameters(
  readStatement(new URL("changed-days.sql", import.meta.url), ["from_date", "to_date"], {
    query: dailyMetricsStatement.template,
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
export async function changedDays(warehouse: Warehouse, days: DateRange): Promise<ChangedDay[]> {
  return warehouse.query<ChangedDay>(changedDaysSql, days);
}

/** Recomputes these days of daily_metrics, atomically. */
export async function backfill(warehouse: Warehouse, days: DateRange): Promise<void> {
  await warehouse.write(replaceDays(days));
}
