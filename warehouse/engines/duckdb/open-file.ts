import { existsSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { createFile, createFolder } from "./create-file.ts";
import type { Threads } from "./threads.ts";
import { type WaitOptions, whenFree } from "./when-free.ts";

// Beyond this, DuckDB spills to disk.
const memoryLimit = "1GB";

/**
 * Opens a DuckDB file, which is created when it is missing, and waits while another process holds it.
 * @throws {WarehouseError} when it is not a DuckDB file
 * @throws {WarehouseBusy} when it stays locked
 */
export async function openFile(
  path: string,
  { initial }: Threads,
  options: WaitOptions,
): Promise<DuckDBInstance> {
  if (path !== ":memory:") {
    createFolder(path);
    if (!existsSync(path)) await createFile(path);
  }
  const settings = { memory_limit: memoryLimit, preserve_insertion_order: "true", ...initial };
  return whenFree(path, () => DuckDBInstance.create(path, settings), options);
}
