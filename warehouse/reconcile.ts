import { dailyMetricsTable, fullName, rawTable } from "./tables/table.ts";
import type { Days, Row, Value, Warehouse } from "./warehouse.ts";

const raw = fullName(rawTable);
const dailyMetrics = fullName(dailyMetricsTable);

export const rawSumsSql = `with raw as (
  select
    event_date,
    coalesce(nullif(upper(trim(country)), ''), 'Unknown') as country,
    upper(platform) as platform,
    count(*) as row_count,
    count(distinct user_id) as dau,
    sum(iap_revenue) as iap_revenue,
    sum(ad_revenue) as ad_revenue
  from ${raw}
  where event_date between @from_date and @to_date
  group by 1, 2, 3
)

select
  coalesce(sum(row_count), 0) as row_count,
  count(*) as group_count,
  count(distinct event_date) as days,
  count(distinct country) as countries,
  count(distinct platform) as platforms,
  coalesce(sum(dau), 0) as dau,
  coalesce(sum(iap_revenue), 0) as iap_revenue,
  coalesce(sum(ad_revenue), 0) as ad_revenue
from raw`;

export const metricsSumsSql = `select
  count(*) as group_count,
  count(distinct event_date) as days,
  count(distinct country) as countries,
  count(distinct platform) as platforms,
  coalesce(sum(dau), 0) as dau,
  coalesce(sum(total_iap_revenue), 0) as iap_revenue,
  coalesce(sum(total_ad_revenue), 0) as ad_revenue
from ${dailyMetrics}
where event_date between @from_date and @to_date`;

export interface Comparison {
  question: string;
  raw: Value;
  dailyMetrics: Value;
  isSame: boolean;
}

/** Compares days, countries, platforms and sums of daily_metrics with those of the raw table, and counts the raw rows. */
export async function reconcile(
  warehouse: Warehouse,
  days: Days,
): Promise<{ rawRows: number; comparisons: Comparison[] }> {
  const [inRaw] = await warehouse.query(rawSumsSql, days);
  const [inMetrics] = await warehouse.query(metricsSumsSql, days);
  const comparisons = Object.entries(questions).map(([column, question]) => {
    const [raw, dailyMetrics] = [sumOf(inRaw, column), sumOf(inMetrics, column)];
    return { question, raw, dailyMetrics, isSame: raw === dailyMetrics };
  });
  return { rawRows: Number(inRaw?.row_count), comparisons };
}

const questions = {
  group_count: "groups of day, country and platform",
  days: "days",
  countries: "countries",
  platforms: "platforms",
  dau: "DAU, added up",
  iap_revenue: "IAP revenue, USD",
  ad_revenue: "ad revenue, USD",
};

/** A sum is a number on one engine and its digits on the other. */
const sumOf = (row: Row | undefined, column: string) =>
  row?.[column] === undefined ? null : String(row[column]);
