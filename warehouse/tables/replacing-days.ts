import { readStatement, type SharedStatement } from "../templates.ts";
import { fullName, type Table } from "./table.ts";

/** `replace-days.sql`: replaces the days from `from_date` to `to_date` in a table by the rows of a query. */
export function replacingDays(table: Table, query: string): SharedStatement {
  const columns = table.fields.map(({ name }) => name);
  return readStatement(new URL("replace-days.sql", import.meta.url), ["from_date", "to_date"], {
    table: fullName(table),
    query,
    columns: columns.join(", "),
    source_columns: columns.map((column) => `source.${column}`).join(", "),
  });
}
