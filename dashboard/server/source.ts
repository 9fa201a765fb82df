import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";

/** Where the dashboard's figures come from. */
export interface Source {
  /** The name that the page shows: `local warehouse`, or BigQuery with its project. */
  name: string;
  /** The value of the commands' option `--target`. */
  target: "local" | "bigquery";
  /** Changes whenever the data may have changed; undefined while there is no warehouse. */
  version(): Promise<string | undefined>;
  /**
   * Opens the warehouse for one read, and releases it afterwards.
   * @throws {WarehouseBusy} when another process holds it
   */
  withWarehouse<T>(read: (warehouse: Warehouse) => Promise<T>): Promise<T>;
  /** How long one read should hold the warehouse at most; undefined where it blocks no other process. */
  maxHoldMs?: number;
}
