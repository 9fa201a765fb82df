import type { DuckDBConnection } from "@duckdb/node-api";

/**
 * Lets the connection's statements return and store rows in any order while `work` runs: to keep their order takes a third longer.
 * Other connections of the database keep it.
 */
export async function inNoOrder<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run("set session preserve_insertion_order = false");
  try {
    return await work();
  } finally {
    await connection.run("set session preserve_insertion_order = true");
  }
}
