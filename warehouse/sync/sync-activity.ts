import { rmSync } from "node:fs";
import { join } from "node:path";
import type { DateRange } from "../days.ts";
import { recomputeTouchedDays } from "../tables/recompute/recompute.ts";
import { type SyncReport, type Warehouse, WarehouseError } from "../warehouse.ts";
import { makeWorkFolder } from "../work-folder.ts";
import { fetchChanges, type Since } from "./fetch-changes.ts";
import { clansWatermarkQuery, watermarkQuery } from "./statements.ts";

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
 * Brings what changed in PostgreSQL (activity, clans and memberships) into the local warehouse, and recomputes the touched days.
 * The warehouse is open only while it is used. A process that is killed at any moment leaves it consistent, and the next run
 * continues.
 * @throws {WarehouseError} when other syncs keep interfering, or the engine can't sync
 */
export async function syncActivity(ends: Ends): Promise<Synced> {
  const work = makeWorkFolder(ends.folder);
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const synced = await attemptSync(ends, work);
      if (synced) return synced;
    }
    throw new WarehouseError("Other syncs keep interfering: try again when they have finished.");
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Undefined when another sync has interfered. */
async function attemptSync(ends: Ends, work: string): Promise<Synced | undefined> {
  const startedAt = new Date().toISOString();
  const since = await withWarehouse(ends, watermarks);
  const files = {
    activity: join(work, "activity.txt"),
    clans: join(work, "clans.txt"),
    memberships: join(work, "memberships.txt"),
  };
  const fetched = await fetchChanges(ends.databaseUrl, since, files);
  return withWarehouse(ends, async (warehouse) => {
    const report = await warehouse.syncActivity({ files, since: since.activity, ...fetched, startedAt });
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

/** What the last sync has synced to; null before the first, and of clans before the first that brought them. */
async function watermarks(warehouse: Warehouse): Promise<Since> {
  if (!warehouse.supports.syncActivity) {
    throw new WarehouseError(
      "BigQuery fetches PostgreSQL's changes itself: start the scheduled query activity_sync in the console, or wait for its next run.",
    );
  }
  const [activity] = await warehouse.query<{ synced_to: string | null }>(watermarkQuery);
  const [clans] = await warehouse.query<{ clans_synced_to: string | null }>(clansWatermarkQuery);
  return { activity: activity?.synced_to ?? null, clans: clans?.clans_synced_to ?? null };
}
