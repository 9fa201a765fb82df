import { dailyMetricsTable, fullName } from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { DaysAnswer } from "./answers.ts";

const metricsDaysSql = `select min(event_date) as from_date, max(event_date) as to_date
from ${fullName(dailyMetricsTable)}`;

/** Returns the first and the last day of daily_metrics; null when it has no rows. */
export async function readMetricsDays(warehouse: Warehouse): Promise<DaysAnswer["days"]> {
  const [row] = await warehouse.query(metricsDaysSql);
  if (typeof row?.from_date !== "string" || typeof row.to_date !== "string") return null;
  return { from: row.from_date, to: row.to_date };
}
