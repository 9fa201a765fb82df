import { dailyMetricsTable, fullName } from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { daysFrom } from "../days.ts";
import type { DaysAnswer } from "./answers.ts";

const metricsDaysSql = `select event_date
from ${fullName(dailyMetricsTable)}
group by event_date
order by event_date`;

/** Returns the first and the last day of daily_metrics, and those between that have no rows; null when it has none at all. */
export async function readMetricsDays(warehouse: Warehouse): Promise<DaysAnswer["days"]> {
  const days = (await warehouse.query(metricsDaysSql)).map(({ event_date }) => String(event_date));
  const [from, to] = [days[0], days.at(-1)];
  if (from === undefined || to === undefined) return null;
  const present = new Set(days);
  return { from, to, missing: daysFrom(from, to).filter((day) => !present.has(day)) };
}
