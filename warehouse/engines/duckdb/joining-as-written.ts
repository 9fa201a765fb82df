import type { DuckDBConnection } from "@duckdb/node-api";

/**
 * Lets joins keep their sides while `work` runs: the rows of the right side are held in memory, and the result has the order of the
 * left side, whichever is larger (https://duckdb.org/docs/stable/guides/performance/join_operations). It holds for the whole database,
 * because DuckDB has no setting of a connection for it.
 */
export async function joiningAsWritten<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run("set disabled_optimizers = 'join_order, build_side_probe_side'");
  try {
    return await work();
  } finally {
    await connection.run("reset disabled_optimizers");
  }
}
