import { addDays, countDays, type DateRange, toDateRanges } from "../../days.ts";
import { withParameters } from "../../templates.ts";
import type { Warehouse } from "../../warehouse.ts";
import { type DerivedTable, dailyMetrics, derivedTables, touchedDays } from "../derived-tables.ts";
import { replacingDays } from "../replacing-days.ts";
import { firstKeptDay, notBefore } from "../user_daily_metrics_raw/expiry.ts";
import { dateRangesQuery, recomputeStatements, uncoveredDaysOf } from "./statements.ts";

// One statement replaces no more: its memory, and what an interruption repeats, are bounded.
const maxDays = 31;
// The distinct users of more days than these do not fit into DuckDB's memory at the reference size. A table that also reads
// the days before would read them again for each statement, which costs more than it saves.
const maxDaysReadAlone = 8;

/** The days of daily_metrics that the next run will recompute, as date ranges. */
export async function uncoveredDays(warehouse: Warehouse): Promise<DateRange[]> {
  const rows = await warehouse.query<{ event_date: string }>(
    `${uncoveredDaysOf(dailyMetrics)}\norder by event_date`,
  );
  return toDateRanges(rows.map(({ event_date }) => event_date));
}

/**
 * Recomputes the days that syncs and loads have touched and no run has covered yet, in these tables, by default in every one that
 * is computed from raw, and returns those of daily_metrics as date ranges. After an interruption, the next run repeats them. For DuckDB, where
 * temporary tables last from one statement to the next; on BigQuery, the same statements are a script
 * (engines/bigquery/scheduled-queries.ts).
 */
export async function recomputeTouchedDays(
  warehouse: Warehouse,
  onTable: (name: string) => void = () => {},
  tables: DerivedTable[] = derivedTables,
): Promise<DateRange[]> {
  let recomputed: DateRange[] = [];
  for (const derived of tables) {
    onTable(derived.table.name);
    const ranges = await recomputeTable(warehouse, derived);
    if (derived === dailyMetrics) recomputed = ranges;
  }
  return recomputed;
}

async function recomputeTable(warehouse: Warehouse, derived: DerivedTable): Promise<DateRange[]> {
  const { stageSyncs, stageDays, noteCovered } = recomputeStatements(derived);
  const recomputed: DateRange[] = [];
  // Outdated rows are staged a month at a time: until there are none.
  for (;;) {
    await warehouse.write({ sql: stageSyncs });
    await warehouse.write({ sql: stageDays });
    const ranges = await warehouse.query<DateRange>(dateRangesQuery);
    for (const range of ranges) await replaceRange(warehouse, derived, range);
    await warehouse.write({ sql: noteCovered, writes: derived.runs });
    if (ranges.length === 0) return recomputed;
    recomputed.push(...ranges);
  }
}

/**
 * Recomputes what raw rows of these days touch in these tables; by default, in every table that is computed from raw. Days
 * whose raw rows have expired keep the figures that they have.
 */
export async function recomputeDays(
  warehouse: Warehouse,
  days: DateRange,
  tables: DerivedTable[] = derivedTables,
): Promise<void> {
  const first = await firstKeptDay(warehouse);
  for (const derived of tables) {
    const range = notBefore(first && addDays(first, derived.daysAfter), touchedDays(derived, days));
    if (range) await replaceRange(warehouse, derived, range);
  }
}

async function replaceRange(
  warehouse: Warehouse,
  { table, query, daysAfter }: DerivedTable,
  range: DateRange,
): Promise<void> {
  const sql = withParameters(replacingDays(table, query.template));
  const most = daysAfter === 0 ? maxDaysReadAlone : maxDays;
  for (const parameters of inPieces(range, most)) await warehouse.write({ sql, parameters, writes: table });
}

/** A range as ranges of at most so many days. */
function inPieces(range: DateRange, most: number): DateRange[] {
  if (countDays(range) <= most) return [range];
  const to_date = addDays(range.from_date, most - 1);
  return [
    { from_date: range.from_date, to_date },
    ...inPieces({ from_date: addDays(to_date, 1), to_date: range.to_date }, most),
  ];
}
