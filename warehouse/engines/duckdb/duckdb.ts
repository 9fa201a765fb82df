import type { Warehouse } from "../../warehouse.ts";
import { connect } from "./dialect.ts";
import { openFile } from "./open-file.ts";
import { threadsOf } from "./threads.ts";
import { warehouseOn } from "./warehouse-on.ts";
import type { WaitOptions } from "./when-free.ts";

export type DuckdbOptions = WaitOptions;

/**
 * The warehouse in a DuckDB file, which is created when it is missing; `:memory:` is a temporary one. One process at a
 * time can hold the file: this waits until it is free.
 * @throws {WarehouseError} when it is not a warehouse file
 * @throws {WarehouseBusy} when it stays locked
 */
export async function openDuckdb(path: string, options: DuckdbOptions = {}): Promise<Warehouse> {
  const threads = threadsOf(path);
  const instance = await openFile(path, threads, options);
  const connection = await connect(instance);
  return warehouseOn(path, {
    connection,
    connectAnother: () => connect(instance),
    grow: (bytes) => threads.grow(connection, bytes),
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  });
}
