import type { DuckDBConnection, DuckDBResultReader, DuckDBValue } from "@duckdb/node-api";
import { substitute } from "../../templates.ts";

/**
 * Runs a statement of the warehouse's SQL with the values of all its parameters: GoogleSQL's `@name` is DuckDB's `$name`.
 * @throws {Error} when a parameter has no value, or a value no parameter
 */
export function run(
  connection: DuckDBConnection,
  sql: string,
  values: Record<string, DuckDBValue> = {},
): Promise<DuckDBResultReader> {
  const markers = Object.fromEntries(Object.keys(values).map((name) => [name, `$${name}`]));
  return connection.runAndReadAll(substitute(joinedByHash(sql), /@([a-z_0-9]+)/g, markers), values);
}

/**
 * A MERGE whose condition is `false`, which is how BigQuery replaces partitions, is a nested loop in DuckDB: every old row
 * meets every new one. By days that no row has, it is a hash join without a match.
 */
const joinedByHash = (sql: string): string =>
  sql.startsWith("merge into ")
    ? sql.replace(/^on false$/m, "on target.event_date = source.event_date + 1000000")
    : sql;
