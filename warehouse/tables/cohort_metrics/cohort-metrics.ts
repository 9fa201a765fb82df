import { readStatement, withParameters } from "../../templates.ts";

/** `query.sql`, for other statements to contain. */
export const cohortMetricsStatement = readStatement(new URL("query.sql", import.meta.url), [
  "from_date",
  "to_date",
]);

/** The rows of cohort_metrics for the days from @from_date to @to_date, computed from the raw table. */
export const cohortMetricsQuery = withParameters(cohortMetricsStatement);
