import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Warehouse } from "../../warehouse.ts";
import { connect } from "./dialect.ts";
import { setThreadsFor } from "./threads.ts";
import { warehouseOn } from "./warehouse-on.ts";
import { type WaitOptions, whenFree } from "./when-free.ts";

/** Reads a warehouse file now and then, and keeps it from writers only meanwhile. */
export interface FileReader {
  /**
   * Opens the file, which has to exist, until the warehouse is closed. Nothing can be written to it.
   * @throws {WarehouseError} when it is not a DuckDB file
   * @throws {WarehouseBusy} when another process holds it for longer than the given patience
   */
  open(options?: WaitOptions): Promise<Warehouse>;
  /** Gives back the memory that it keeps between two reads. */
  close(): Promise<void>;
}

// The process of a reader, such as the dashboard, stays. Beyond this, DuckDB spills to disk.
const memoryLimit = "150MB";

/** It reads only. */
const grow = async () => {};

/** A reader that keeps DuckDB itself: to start one takes some five times as long as to attach a file and detach it. */
export function createFileReader(path: string): FileReader {
  let starting: Promise<DuckDBInstance> | undefined;
  const idle: DuckDBConnection[] = [];
  let attached = 0;
  let threads = "";
  return {
    async open(options = {}) {
      starting ??= start(path);
      const instance = await starting;
      const connection = idle.pop() ?? (await connect(instance));
      const name = `warehouse_${attached++}`;
      const attach = `attach '${path.replaceAll("'", "''")}' as ${name} (read_only)`;
      try {
        await whenFree(path, () => connection.run(attach), options);
      } catch (error) {
        idle.push(connection);
        throw error;
      }
      await connection.run(`use ${name}`);
      const setThreads = setThreadsFor(path);
      if (setThreads !== threads) await connection.run(setThreads);
      threads = setThreads;
      const close = async () => {
        await connection.run("use memory");
        await connection.run(`detach ${name}`);
        idle.push(connection);
      };
      return warehouseOn(path, { connection, connectAnother: () => connect(instance), grow, close });
    },
    async close() {
      const started = starting;
      starting = undefined;
      for (const connection of idle.splice(0)) connection.closeSync();
      (await started)?.closeSync();
    },
  };
}

const start = (path: string) =>
  DuckDBInstance.create(":memory:", {
    memory_limit: memoryLimit,
    preserve_insertion_order: "true",
    // A read's memory is given back to the system after it; by default, not until there are 512 MB.
    allocator_bulk_deallocation_flush_threshold: "1MB",
    // As it is for a DuckDB on the file itself; of one in memory, it would be in the current folder.
    temp_directory: `${path}.tmp`,
  });
