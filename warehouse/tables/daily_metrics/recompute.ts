import { type DateRange, toDateRanges } from "../../days.ts";
import { readTemplate } from "../../templates.ts";
import type { Warehouse } from "../../warehouse.ts";
import { dailyMetricsRunsTable } from "../table.ts";
import { replaceDays } from "./replace-days.ts";

const read = (file: string) => readTemplate(new URL(file, import.meta.url));

export const stageSyncs = read("syncs-to-cover.sql");
export const stageDays = read("days-to-recompute.sql");
export const dateRangesQuery = read("date-ranges.sql");
export const noteCovered = read("note-covered.sql");

/** The days that syncs and loads have touched and no run has covered yet. */
export const uncoveredDaysQuery = read("uncovered-days.sql");

/** The days that the next run will recompute, as date ranges. */
export async function uncoveredDays(warehouse: Warehouse): Promise<DateRange[]> {
  const rows = await warehouse.query<{ event_date: string }>(uncoveredDaysQuery);
  return toDateRanges(rows.map(({ event_date }) => event_date));
}

/**
 * Recomputes the days of daily_metrics that syncs and loads have touched and no run has covered yet, and returns them as date
 * ranges. After an interruption, the next run repeats them. For DuckDB, where temporary tables last from one statement to
 * the next; on BigQuery, the same statements are a script (engines/bigquery/scheduled-queries.ts).
 */
export async function recomputeTouchedDays(warehouse: Warehouse): Promise<DateRange[]> {
  await warehouse.write({ sql: stageSyncs });
  await warehouse.write({ sql: stageDays });
  const ranges = await warehouse.query<DateRange>(dateRangesQuery);
  for (const range of ranges) await warehouse.write(replaceDays(range));
  await warehouse.write({ sql: noteCovered, writes: dailyMetricsRunsTable });
  return ranges;
}
