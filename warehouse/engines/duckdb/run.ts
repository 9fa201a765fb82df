import type { DuckDBConnection, DuckDBResultReader, DuckDBValue } from "@duckdb/node-api";

/** Runs a statement of the warehouse's SQL, whose parameters are `@name`, with those of the values that it has. */
export function runWith(
  connection: DuckDBConnection,
  sql: string,
  values: Record<string, DuckDBValue>,
): Promise<DuckDBResultReader> {
  const statement = sql.replace(/@([a-z_]+)/g, "$$$1");
  const used = Object.entries(values).filter(([name]) => new RegExp(`@${name}\\b`).test(sql));
  return connection.runAndReadAll(statement, Object.fromEntries(used));
}
