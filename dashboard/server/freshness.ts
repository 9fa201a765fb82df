import { lastRun } from "@clan-platform/warehouse/sync/last-run.ts";
import {
  dailyMetricsTable,
  fullName,
  loadedPartsTable,
  rawTable,
} from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { FreshnessAnswer } from "./answers.ts";

const rowCountsSql = `select
  (select count(*) from ${fullName(rawTable)} where event_date between @from_date and @to_date) as raw_rows,
  (select count(*) from ${fullName(dailyMetricsTable)}) as metrics_rows`;

const lastLoadSql = `select cast(max(loaded_at) as string) as loaded_at from ${fullName(loadedPartsTable)}`;

// The raw table requires a partition filter; no row lies outside these days.
const everyDay = { from_date: "2000-01-01", to_date: "2999-12-31" };

/** How many rows there are, and when they arrived. Each job that brings new figures is an entry of `runs`. */
export async function readFreshness(warehouse: Warehouse): Promise<Omit<FreshnessAnswer, "version">> {
  const [counts] = await warehouse.query(rowCountsSql, everyDay);
  const sync = await lastRun(warehouse);
  const [load] = await warehouse.query(lastLoadSql);
  return {
    rows: { raw: Number(counts?.raw_rows ?? 0), dailyMetrics: Number(counts?.metrics_rows ?? 0) },
    runs: [
      { name: "daily_metrics", at: (await warehouse.lastWrittenAt(dailyMetricsTable)) ?? null },
      { name: "sync", at: sync?.finishedAt ?? null },
      { name: "load", at: typeof load?.loaded_at === "string" ? toIso(load.loaded_at) : null },
    ],
  };
}

/** Both engines format a timestamp in UTC as `2026-11-02 08:15:30.5+00`. */
const toIso = (time: string) => new Date(`${time.replace(" ", "T")}:00`).toISOString();
