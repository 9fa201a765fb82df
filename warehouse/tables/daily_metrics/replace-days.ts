import { readFileSync } from "node:fs";
import { dailyMetricsTable, fullName } from "../table.ts";

/** The rows of daily_metrics for the days from @from_date to @to_date, reckoned from raw. */
export const dailyMetricsQuery = readFileSync(new URL("query.sql", import.meta.url), "utf8").trim();

const columns = dailyMetricsTable.fields.map(({ name }) => name);

/**
 * Replaces the days from @from_date to @to_date in daily_metrics by what `query.sql` says, all at once: nobody sees a
 * half of it, and it can be run again. `on false` matches nothing, so the old rows of these days go and the new ones come;
 * BigQuery touches these partitions alone
 * (https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables#using_a_constant_false_predicate).
 */
export const replaceDaysSql = `merge into ${fullName(dailyMetricsTable)} as target
using (
${dailyMetricsQuery}
) as source
on false
when not matched by source and target.event_date between @from_date and @to_date then delete
when not matched by target then
  insert (${columns.join(", ")})
  values (${columns.map((column) => `source.${column}`).join(", ")})`;
