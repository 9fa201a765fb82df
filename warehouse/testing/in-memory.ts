import { openDuckdb } from "../engines/duckdb/duckdb.ts";
import type { Warehouse } from "../warehouse.ts";

/**
 * A warehouse in memory with all tables, for tests on few rows: DuckDB splits no work of less than some 100,000 rows, and a second
 * thread would only look for work, on a core that another test needs.
 */
export async function openInMemory(): Promise<Warehouse> {
  const warehouse = await openDuckdb(":memory:");
  await warehouse.write({ sql: "set threads = 1" });
  await warehouse.createTables();
  return warehouse;
}
