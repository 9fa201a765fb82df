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

// In this order, neighbouring values are alike, so the columns compress well.
const metricsRowsSql = `select event_date, country, platform, ${measures.join(", ")}
from ${fullName(dailyMetricsTable)}
where event_date between @from_date and @to_date
order by country, platform, event_date`;

/** Reads the additive columns of daily_metrics on these days; every ratio of the page is a sum / sum of them. */
export async function readMetricsRows(
  warehouse: Warehouse,
  days: Days,
): Promise<Omit<MetricsAnswer, "version">> {
  const rows = await warehouse.query(metricsRowsSql, days);
  const day = dictionaryOf(rows, "event_date");
  const country = dictionaryOf(rows, "country");
  const platform = dictionaryOf(rows, "platform");
  const columns = Object.fromEntries(measures.map((name) => [name, rows.map((row) => row[name])]));
  return {
    days: day.values,
    countries: country.values,
    platforms: platform.values,
    rows: {
      ...columns,
      day: day.indexes,
      country: country.indexes,
      platform: platform.indexes,
    } as MetricsAnswer["rows"],
  };
}

/** Dictionary encoding of a column: its distinct values, sorted, and for each row the index of its value. */
function dictionaryOf(rows: Row[], column: string): { values: string[]; indexes: number[] } {
  const values = [...new Set(rows.map((row) => String(row[column])))].sort();
  const indexOf = new Map(values.map((value, index) => [value, index]));
  return { values, indexes: rows.map((row) => indexOf.get(String(row[column])) ?? 0) };
}
