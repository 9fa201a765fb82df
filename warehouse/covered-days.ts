import { allDays, type DateRange } from "./days.ts";
import { dailyMetricsTable, fullName, rawTable } from "./tables/table.ts";
import { firstKeptDay, notBefore } from "./tables/user_daily_metrics_raw/expiry.ts";
import { type Warehouse, WarehouseError } from "./warehouse.ts";

export const coveredDaysSql = `select min(event_date) as from_date, max(event_date) as to_date
from (
  select event_date from ${fullName(rawTable)} where event_date between @from_date and @to_date
  union all
  select event_date from ${fullName(dailyMetricsTable)} where event_date between @from_date and @to_date
)`;

/**
 * The first and the last day with rows in the raw table or in daily_metrics, without the days whose raw rows have expired;
 * undefined when there are none.
 */
export async function findCoveredDays(warehouse: Warehouse): Promise<DateRange | undefined> {
  const [row] = await warehouse.query(coveredDaysSql, allDays);
  if (typeof row?.from_date !== "string" || typeof row.to_date !== "string") return undefined;
  return notBefore(await firstKeptDay(warehouse), { from_date: row.from_date, to_date: row.to_date });
}

/** `findCoveredDays` for callers that need rows. @throws {WarehouseError} when there are none */
export async function coveredDays(warehouse: Warehouse): Promise<DateRange> {
  const days = await findCoveredDays(warehouse);
  if (days) return days;
  throw new WarehouseError(
    "There are no raw rows yet: make some with npm run generate-raw -- --out FOLDER, and load them with npm run load-raw -- FOLDER.",
  );
}
