import { addDays, type DateRange, toDateRanges } from "../../days.ts";
import { withParameters } from "../../templates.ts";
import type { Warehouse } from "../../warehouse.ts";
import { type DerivedTable, dailyMetrics, derivedTables, touchedDays } from "../derived-tables.ts";
import { replacingDays } from "../replacing-days.ts";
import { fullName, rawTable } from "../table.ts";
import { firstKeptDay, notBefore } from "../user_daily_metrics_raw/expiry.ts";
import { inPieces } from "./pieces.ts";
import { dateRangesQuery, recomputeStatements, uncoveredDaysOf } from "./statements.ts";

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
  for (;;) {
    await warehouse.write({ sql: stageSyncs });
    await warehouse.write({ sql: stageDays });
    const ranges = await warehouse.query<DateRange>(dateRangesQuery);
    for (const range of ranges) await replaceRange(warehouse, derived, range);
    await warehouse.write({ sql: noteCovered, writes: derived.runs });
    recomputed.push(...ranges);
    // Outdated rows are staged a month at a time: until there are none.
    if (ranges.length === 0 || !derived.isOutdated) return recomputed;
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

async function replaceRange(warehouse: Warehouse, derived: DerivedTable, range: DateRange): Promise<void> {
  const { table, query } = derived;
  const sql = withParameters(replacingDays(table, query.template));
  const pieces = inPieces(range, await rowsToReadAlone(warehouse, derived, range));
  for (const parameters of pieces) await warehouse.write({ sql, parameters, writes: table });
}

/**
 * How many raw rows each day has, for a table that reads the days themselves alone: one that also reads the days before would read
 * them again for each piece, which costs more than it saves. Where reading costs money, they are not counted.
 */
async function rowsToReadAlone(
  warehouse: Warehouse,
  { daysAfter }: DerivedTable,
  range: DateRange,
): Promise<Map<string, number>> {
  if (daysAfter > 0 || warehouse.supports.bytesToRead) return new Map();
  const rows = await warehouse.query<{ event_date: string; row_count: number }>(
    `select event_date, count(*) as row_count
     from ${fullName(rawTable)}
     where event_date between @from_date and @to_date
     group by event_date`,
    range,
  );
  return new Map(rows.map(({ event_date, row_count }) => [event_date, Number(row_count)]));
}
