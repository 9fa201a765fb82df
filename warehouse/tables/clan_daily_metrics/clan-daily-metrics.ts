import { readStatement } from "../../templates.ts";

/** `query.sql`, for other statements to contain. */
export const clanDailyMetricsStatement = readStatement(new URL("query.sql", import.meta.url), [
  "from_date",
  "to_date",
]);
