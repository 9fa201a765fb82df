import { dailyMetricsTable, fullName } from "@clan-platform/warehouse/tables/table.ts";
import type { Days, Row, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { MetricsAnswer } from "./answers.ts";

const measures = [
  "dau",
  "total_iap_revenue",
  "total_ad_revenue",
  "matches_started",
  "matches_ended",
  "victories",
  "defeats",
  "server_connection_errors",
] as const;

// In this order, neighbours are alike, and the columns pack well.
export const metricsRowsSql = `select event_date, country, platform, ${measures.join(", ")}
from ${fullName(dailyMetricsTable)}
where event_date between @from_date and @to_date
order by country, platform, event_date`;

/** The additive columns of daily_metrics on these days: every ratio of the page is a sum of them over a sum. */
export async function readMetricsRows(
  warehouse: Warehouse,
  days: Days,
): Promise<Omit<MetricsAnswer, "version">> {
  const rows = await warehouse.query(metricsRowsSql, days);
  const day = indexed(rows, "event_date");
  const country = indexed(rows, "country");
  const platform = indexed(rows, "platform");
  const columns = Object.fromEntries(measures.map((name) => [name, rows.map((row) => row[name])]));
  return {
    days: day.values,
    countries: country.values,
    platforms: platform.values,
    rows: {
      ...columns,
      day: day.places,
      country: country.places,
      platform: platform.places,
    } as MetricsAnswer["rows"],
  };
}

/** The values that a column has, in their order, and for each row the place of its value among them. */
function indexed(rows: Row[], column: string): { values: string[]; places: number[] } {
  const values = [...new Set(rows.map((row) => String(row[column])))].sort();
  const placeOf = new Map(values.map((value, place) => [value, place]));
  return { values, places: rows.map((row) => placeOf.get(String(row[column])) ?? 0) };
}
