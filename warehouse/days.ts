import { dailyMetricsTable, fullName, rawTable } from "./tables/table.ts";
import { type Days, type Warehouse, WarehouseError } from "./warehouse.ts";

export const coveredDaysSql = `select min(event_date) as from_date, max(event_date) as to_date
from (
  select event_date from ${fullName(rawTable)} where event_date between @from_date and @to_date
  union all
  select event_date from ${fullName(dailyMetricsTable)} where event_date between @from_date and @to_date
)`;

// Raw may only be read with a filter on its days; before and after these there are none.
const everyDay = { from_date: "2000-01-01", to_date: "2999-12-31" };

/** The first and the last day that raw or daily_metrics has rows of; undefined when both are empty. */
export async function findCoveredDays(warehouse: Warehouse): Promise<Days | undefined> {
  const [row] = await warehouse.query(coveredDaysSql, everyDay);
  if (typeof row?.from_date !== "string" || typeof row.to_date !== "string") return undefined;
  return { from_date: row.from_date, to_date: row.to_date };
}

/** `findCoveredDays`, for what can't do without. @throws {WarehouseError} when there are no rows */
export async function coveredDays(warehouse: Warehouse): Promise<Days> {
  const days = await findCoveredDays(warehouse);
  if (days) return days;
  throw new WarehouseError(
    "There are no raw rows yet: make some with npm run generate-raw -- --out FOLDER, and load them with npm run load-raw -- FOLDER.",
  );
}
