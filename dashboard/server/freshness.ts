import { lastRun } from "@clan-platform/warehouse/sync/last-run.ts";
import {
  dailyMetricsTable,
  fullName,
  loadedPartsTable,
  rawTable,
} from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { FreshnessAnswer } from "./answers.ts";

// Not as text, which depends on the project's default_time_zone.
const lastLoadSql = `select unix_millis(max(loaded_at)) as loaded_at from ${fullName(loadedPartsTable)}`;

/** How many rows there are, and when they arrived. Each job that brings new figures is an entry of `runs`. */
export async function readFreshness(
  warehouse: Warehouse,
): Promise<Omit<FreshnessAnswer, "version" | "isHeld">> {
  const sync = await lastRun(warehouse);
  const [load] = await warehouse.query(lastLoadSql);
  return {
    rows: {
      raw: await warehouse.countRows(rawTable),
      dailyMetrics: await warehouse.countRows(dailyMetricsTable),
    },
    runs: [
      { name: "daily_metrics", at: (await warehouse.lastWrittenAt(dailyMetricsTable)) ?? null },
      { name: "sync", at: sync?.finishedAt ?? null },
      { name: "load", at: typeof load?.loaded_at === "number" ? toIso(load.loaded_at) : null },
    ],
  };
}

const toIso = (ms: number) => new Date(ms).toISOString();
