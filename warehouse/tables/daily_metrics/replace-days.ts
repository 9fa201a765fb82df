import type { DateRange } from "../../days.ts";
import { readStatement, withParameters } from "../../templates.ts";
import type { WriteStatement } from "../../warehouse.ts";
import { replacingDays } from "../replacing-days.ts";
import { dailyMetricsTable } from "../table.ts";

const parameters = ["from_date", "to_date"] as const;

/** `query.sql`, for other statements to contain. */
export const dailyMetricsStatement = readStatement(new URL("query.sql", import.meta.url), parameters);

/** `replace-days.sql`, for scripts as well. */
export const replaceDaysStatement = replacingDays(dailyMetricsTable, dailyMetricsStatement.template);

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
  sql: withParameters(replacingDays(dailyMetricsTable, query)),
  parameters: days,
  writes: dailyMetricsTable,
});
