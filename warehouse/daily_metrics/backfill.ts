import { dailyMetricsTable, fullName } from "../table.ts";
import type { Days, Row, Warehouse } from "../warehouse.ts";
import { dailyMetricsQuery, replaceDaysSql } from "./replace-days.ts";

const sums = (dailyMetrics: string) => `
  select
    event_date,
    count(*) as row_count,
    sum(dau) as dau,
    sum(total_iap_revenue + total_ad_revenue) as revenue,
    sum(matches_started) as matches_started,
    sum(matches_ended + victories + defeats + server_connection_errors) as other_sums
  from (${dailyMetrics})
  group by event_date`;

/** What a backfill would change: the days whose sums in daily_metrics are not those that raw gives now. */
export const changedDaysSql = `with old as (${sums(
  `select * from ${fullName(dailyMetricsTable)} where event_date between @from_date and @to_date`,
)}
),

fresh as (${sums(`\n${dailyMetricsQuery}\n`)}
)

select
  coalesce(old.event_date, fresh.event_date) as event_date,
  old.row_count as old_rows,
  fresh.row_count as new_rows,
  old.dau as old_dau,
  fresh.dau as new_dau,
  old.revenue as old_revenue,
  fresh.revenue as new_revenue
from old
full join fresh on old.event_date = fresh.event_date
where old.row_count is distinct from fresh.row_count
  or old.dau is distinct from fresh.dau
  or old.revenue is distinct from fresh.revenue
  or old.matches_started is distinct from fresh.matches_started
  or old.other_sums is distinct from fresh.other_sums
order by event_date`;

export interface ChangedDay extends Row {
  event_date: string;
  old_rows: number | null;
  new_rows: number | null;
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
