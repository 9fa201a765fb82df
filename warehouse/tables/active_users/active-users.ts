import { readStatement, withParameters } from "../../templates.ts";

/** `query.sql`, for other statements to contain. */
export const activeUsersStatement = readStatement(new URL("query.sql", import.meta.url), [
  "from_date",
  "to_date",
]);

/** The rows of active_users for the days from @from_date to @to_date, computed from the raw table. */
export const activeUsersQuery = withParameters(activeUsersStatement);
