import type { Days, Row, Warehouse } from "../../warehouse.ts";
import { dailyMetricsTable, fullName } from "../table.ts";
import { dailyMetricsQuery, replaceDaysSql } from "./replace-days.ts";

const columns = dailyMetricsTable.fields.map(({ name }) => name);
const measures = columns.filter((column) => !dailyMetricsTable.key.includes(column));

/** What a backfill would change: the days of which a row is not the one that raw gives now, with all of their sums. */
export const changedDaysSql = `with old as (
  select * from ${fullName(dailyMetricsTable)} where event_date between @from_date and @to_date
),

fresh as (
${dailyMetricsQuery}
),

compared as (
  select
    coalesce(old.event_date, fresh.event_date) as event_date,
    old.dau as old_dau,
    fresh.dau as new_dau,
    old.total_iap_revenue + old.total_ad_revenue as old_revenue,
    fresh.total_iap_revenue + fresh.total_ad_revenue as new_revenue,
    ${measures.map((column) => `old.${column} is distinct from fresh.${column}`).join("\n      or ")} as is_changed
  from old
  full join fresh
    on ${dailyMetricsTable.key.map((column) => `old.${column} = fresh.${column}`).join(" and ")}
)

select
  event_date,
  count(old_dau) as old_rows,
  count(new_dau) as new_rows,
  countif(is_changed) as changed_rows,
  sum(old_dau) as old_dau,
  sum(new_dau) as new_dau,
  sum(old_revenue) as old_revenue,
  sum(new_revenue) as new_revenue
from compared
group by event_date
having countif(is_changed) > 0
order by event_date`;

export interface ChangedDay extends Row {
  event_date: string;
  old_rows: number;
  new_rows: number;
  /** Rows of this day that are new, gone or different. */
  changed_rows: number;
  old_dau: number | null;
  new_dau: number | null;
  old_revenue: string | null;
  new_revenue: string | null;
}

/** The days that a backfill would change, with their sums before and after. */
export async function changedDays(warehouse: Warehouse, days: Days): Promise<ChangedDay[]> {
  return warehouse.query<ChangedDay>(changedDaysSql, days);
}

/** Recomputes these days of daily_metrics, all at once. */
export async function backfill(warehouse: Warehouse, days: Days): Promise<void> {
  await warehouse.query(replaceDaysSql, days);
}
