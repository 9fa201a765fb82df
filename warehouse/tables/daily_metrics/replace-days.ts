import type { DateRange } from "../../days.ts";
import { readStatement, type SharedStatement, withParameters } from "../../templates.ts";
import type { WriteStatement } from "../../warehouse.ts";
import { dailyMetricsTable } from "../table.ts";

const columns = dailyMetricsTable.fields.map(({ name }) => name);
const parameters = ["from_date", "to_date"] as const;

/** `query.sql`, for other statements to contain. */
export const dailyMetricsStatement = readStatement(new URL("query.sql", import.meta.url), parameters);

/** `replace-days.sql` with the query of the new rows. */
const replacing = (query: string): SharedStatement =>
  readStatement(new URL("replace-days.sql", import.meta.url), parameters, {
    query,
    columns: columns.join(", "),
    source_columns: columns.map((column) => `source.${column}`).join(", "),
  });

/** `replace-days.sql`, for scripts as well. */
export const replaceDaysStatement = replacing(dailyMetricsStatement.template);

/** The rows of daily_metrics for the days from @from_date to @to_date, computed from the raw table. */
export const dailyMetricsQuery = withParameters(dailyMetricsStatement);

/** Replaces the days from @from_date to @to_date in daily_metrics. */
export const replaceDaysSql = withParameters(replaceDaysStatement);

/** Replaces these days in daily_metrics. */
export const replaceDays = (days: DateRange): WriteStatement => ({
  sql: replaceDaysSql,
  parameters: days,
  writes: dailyMetricsTable,
});

/** Replaces these days in daily_metrics by the rows of a query, which are of these days. */
export const replaceDaysBy = (query: string, days: DateRange): WriteStatement => ({
  sql: withParameters(replacing(query)),
  parameters: days,
  writes: dailyMetricsTable,
});
