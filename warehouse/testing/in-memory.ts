import { openDuckdb } from "../engines/duckdb/duckdb.ts";
import type { Warehouse } from "../warehouse.ts";

/** A warehouse in memory with all tables. */
export async function openInMemory(): Promise<Warehouse> {
  const warehouse = await openDuckdb(":memory:");
  await warehouse.createTables();
  return warehouse;
}
