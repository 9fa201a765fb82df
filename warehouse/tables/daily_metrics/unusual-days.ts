import { readStatement, withParameters } from "../../templates.ts";

/** `unusual-days.sql`, for checks to contain. */
export const unusualDaysStatement = readStatement(new URL("unusual-days.sql", import.meta.url), [
  "from_date",
  "to_date",
]);

/** The figures of the days from @from_date to @to_date that are far from the usual ones (docs/metrics.md). */
export const unusualDaysSql = withParameters(unusualDaysStatement);
