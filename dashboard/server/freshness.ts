import { lastRun } from "@clan-platform/warehouse/sync/last-run.ts";
import {
  activitySyncsTable,
  dailyMetricsTable,
  fullName,
  loadedPartsTable,
  rawTable,
} from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { FreshnessAnswer } from "./answers.ts";

// Not as text, which depends on the project's default_time_zone.
const lastLoadSql = `select unix_millis(max(loaded_at)) as loaded_at from ${fullName(loadedPartsTable)}`;

/**
 * How many rows there are, and when they arrived. Each job that brings new figures is an entry of `runs`. With
 * `analyticsOnly`, the runs are when their tables were last written, which is metadata.
 */
export async function readFreshness(
  warehouse: Warehouse,
  { analyticsOnly = false } = {},
): Promise<Omit<FreshnessAnswer, "version" | "isHeld">> {
  const runs = analyticsOnly
    ? {
        sync: await warehouse.lastWrittenAt(activitySyncsTable),
        load: await warehouse.lastWrittenAt(loadedPartsTable),
      }
    : { sync: (await lastRun(warehouse))?.finishedAt, load: await lastLoad(warehouse) };
  return {
    rows: {
      raw: await warehouse.countRows(rawTable),
      dailyMetrics: await warehouse.countRows(dailyMetricsTable),
    },
    runs: [
      { name: "daily_metrics", at: (await warehouse.lastWrittenAt(dailyMetricsTable)) ?? null },
      { name: "sync", at: runs.sync ?? null },
      { name: "load", at: runs.load ?? null },
    ],
  };
}

async function lastLoad(warehouse: Warehouse): Promise<string | undefined> {
  const [load] = await warehouse.query(lastLoadSql);
  return typeof load?.loaded_at === "number" ? new Date(load.loaded_at).toISOString() : undefined;
}
