import { type Warehouse, WarehouseBusy } from "@clan-platform/warehouse/warehouse.ts";

/**
 * What an answer depends on: the tables that are computed from raw, those that are checked, or any table, with the runs of
 * syncs and loads, which also bring no rows.
 */
export type Scope = "derived" | "checked" | "everything";

/** Another process holds the warehouse to fill it for the first time: there is nothing in it yet. */
export class WarehouseFilling extends WarehouseBusy {
  override name = "WarehouseFilling";
  /** From 0 to 1. */
  readonly shareDone: number;

  constructor(shareDone: number, options?: ErrorOptions) {
    super("The warehouse is being filled for the first time.", options);
    this.shareDone = shareDone;
  }
}

/** Where the dashboard's figures come from. */
export interface Source {
  /** The name that the page shows: `local warehouse`, or BigQuery with its project. */
  name: string;
  /** The value of the commands' option `--target`. */
  target: "local" | "bigquery";
  /**
   * Changes whenever the data of this scope may have changed; undefined while there is no warehouse.
   * @throws {WarehouseBusy} when that can't be read because another process holds the warehouse
   */
  version(scope: Scope): Promise<string | undefined>;
  /**
   * Opens the warehouse for one read, and releases it afterwards.
   * @throws {WarehouseBusy} when another process holds it; a `WarehouseFilling` if it is the first to fill it
   */
  withWarehouse<T>(read: (warehouse: Warehouse) => Promise<T>): Promise<T>;
  /** Gives back what it keeps between two reads. */
  close?(): Promise<void>;
  /** True where the rows of the raw dataset may not be read: only when its tables were written, and how many rows they have. */
  analyticsOnly?: boolean;
  /** How long one read should hold the warehouse at most; undefined where it blocks no other process. */
  maxHoldMs?: number;
}
