import type { DateRange } from "../days.ts";
import { addDays } from "../days.ts";
import type { SharedStatement } from "../templates.ts";
import { dailyMetricsStatement } from "./daily_metrics/replace-days.ts";
import { dailyMetricsRunsTable, dailyMetricsTable, type Table } from "./table.ts";

/** A table that is computed from the raw table, day by day. */
export interface DerivedTable {
  table: Table;
  /** Its syncs and loads that a run has covered. */
  runs: Table;
  /** Its rows of the days from `from_date` to `to_date`. */
  query: SharedStatement;
  /** A raw row of a day touches the rows of that day and of so many days after it. */
  daysAfter: number;
  /** What rows fulfil, in SQL, that were written before a column was added; nothing does in a table that has had none. */
  isOutdated: string;
}

/** The tables that follow a sync, a load or an erasure, in this order. */
export const derivedTables: DerivedTable[] = [
  {
    table: dailyMetricsTable,
    runs: dailyMetricsRunsTable,
    query: dailyMetricsStatement,
    daysAfter: 0,
    isOutdated: "payers is null",
  },
];

/** The days of a table that raw rows of these days touch. */
export const touchedDays = ({ daysAfter }: DerivedTable, { from_date, to_date }: DateRange): DateRange => ({
  from_date,
  to_date: addDays(to_date, daysAfter),
});
