import { rmSync } from "node:fs";
import { join } from "node:path";
import type { DateRange } from "../days.ts";
import { recomputeTouchedDays } from "../tables/recompute/recompute.ts";
import type { SyncReport, Warehouse } from "../warehouse.ts";
import { WarehouseError } from "../warehouse.ts";
import { makeWorkFolder } from "../work-folder.ts";
import { fetchChanges } from "./fetch-changes.ts";
import { watermarkQuery } from "./statements.ts";

const attempts = 5;

export interface Ends {
  /** URL of PostgreSQL, with a login that is a member of role `clan_reader`. */
  databaseUrl: string;
  /** Opens the local warehouse; other processes may wait until it is closed. */
  openWarehouse(): Promise<Warehouse>;
  /** Folder for the changes on their way. */
  folder: string;
}

export interface Synced extends SyncReport {
  /** Days of daily_metrics that were recomputed, as date ranges. */
  recomputed: DateRange[];
}

/**
 * Brings what changed in PostgreSQL into the local warehouse, and recomputes the touched days. The warehouse is open only
 * while it is used. A process that is killed at any moment leaves it consistent, and the next run continues.
 * @throws {WarehouseError} when other syncs keep interfering, or the engine can't sync
 */
export async function syncActivity(ends: Ends): Promise<Synced> {
  const work = makeWorkFolder(ends.folder);
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const synced = await attemptSync(ends, join(work, "changes.csv"));
      if (synced) return synced;
    }
    throw new WarehouseError("Other syncs keep interfering: try again when they have finished.");
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Undefined when another sync has interfered. */
async function attemptSync(ends: Ends, path: string): Promise<Synced | undefined> {
  const startedAt = new Date().toISOString();
  const since = await withWarehouse(ends, watermark);
  const syncedTo = await fetchChanges(ends.databaseUrl, since, path);
  return withWarehouse(ends, async (warehouse) => {
    const report = await warehouse.syncActivity({ path, since, syncedTo, startedAt });
    return report && { ...report, recomputed: await recomputeTouchedDays(warehouse) };
  });
}

async function withWarehouse<T>(
  { openWarehouse }: Ends,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  const warehouse = await openWarehouse();
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}

/** What the last sync has synced to; null before the first. */
async function watermark(warehouse: Warehouse): Promise<string | null> {
  if (!warehouse.supports.syncActivity) {
    throw new WarehouseError(
      "BigQuery fetches PostgreSQL's changes itself: start the scheduled query activity_sync in the console, or wait for its next run.",
    );
  }
  const [row] = await warehouse.query<{ synced_to: string | null }>(watermarkQuery);
  return row?.synced_to ?? null;
}
