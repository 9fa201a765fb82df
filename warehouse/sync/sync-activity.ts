import { rmSync } from "node:fs";
import { join } from "node:path";
import { recomputeTouchedDays } from "../tables/daily_metrics/recompute.ts";
import type { Days, SyncReport, Warehouse } from "../warehouse.ts";
import { WarehouseError } from "../warehouse.ts";
import { makeWorkFolder } from "../work-folder.ts";
import { fetchChanges } from "./fetch-changes.ts";
import { watermarkQuery } from "./statements.ts";

const attempts = 5;

export interface Ends {
  /** PostgreSQL, by a login that may take the role `clan_reader`. */
  databaseUrl: string;
  /** Opens the local warehouse, for which others may wait until it is closed. */
  openWarehouse(): Promise<Warehouse>;
  /** Where the changes lie on their way. */
  folder: string;
}

export interface Synced extends SyncReport {
  /** Days of daily_metrics that were recomputed, in stretches. */
  recomputed: Days[];
}

/**
 * Brings what changed in PostgreSQL into the local warehouse, and recomputes the days that it touched. The warehouse is
 * held only while it is worked in; the end of this process at any moment leaves it whole, and the next run goes on.
 */
export async function syncActivity(ends: Ends): Promise<Synced> {
  const work = makeWorkFolder(ends.folder);
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const synced = await attemptSync(ends, join(work, "changes.csv"));
      if (synced) return synced;
    }
    throw new WarehouseError("Other syncs keep coming in between: try again when they have ended.");
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Undefined when another sync has come in between. */
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

async function watermark(warehouse: Warehouse): Promise<string | null> {
  const [row] = await warehouse.query<{ synced_to: string | null }>(watermarkQuery);
  return row?.synced_to ?? null;
}
