import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";

/** Where the dashboard's figures come from. */
export interface Source {
  /** What a reader of the page calls it: `local warehouse`, or BigQuery with its project. */
  name: string;
  /** What commands call it, as `--target`. */
  target: "local" | "bigquery";
  /** Another text when the answers may be others; undefined while there is no warehouse. */
  version(): Promise<string | undefined>;
  /**
   * Opens the warehouse for one question, and lets it go again.
   * @throws {WarehouseBusy} when somebody else has it
   */
  ask<T>(question: (warehouse: Warehouse) => Promise<T>): Promise<T>;
  /** After how long the warehouse should be let go, so that others get their turn; undefined where nobody waits. */
  turnMs?: number;
}
