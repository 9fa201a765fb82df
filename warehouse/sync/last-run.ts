import {
  activitySyncDaysTable,
  activitySyncsTable,
  dailyMetricsRunsTable,
  fullName,
} from "../tables/table.ts";
import type { Row, Warehouse } from "../warehouse.ts";

/** Moments are ISO 8601 in UTC. */
export interface LastRun {
  startedAt: string;
  finishedAt: string;
  inserted: number;
  updated: number;
  deleted: number;
  /** How many days it touched. */
  days: number;
  /** Whether daily_metrics has all that this run and those before it brought. */
  isCovered: boolean;
}

/** The last run, what it changed, and how many syncs no run of daily_metrics has covered. */
export const lastRunQuery = `with last_run as (
  select * from ${fullName(activitySyncsTable)} order by finished_at desc limit 1
),

uncovered as (
  select count(*) as days
  from ${fullName(activitySyncDaysTable)}
  where sync_id not in (select sync_id from ${fullName(dailyMetricsRunsTable)})
),

touched as (
  select count(*) as days from ${fullName(activitySyncDaysTable)} where sync_id in (select sync_id from last_run)
)

select last_run.*, touched.days as touched_days, uncovered.days as uncovered_days
from last_run
cross join uncovered
cross join touched`;

/** The newest run of activity_sync that came to its end; undefined before the first. */
export async function lastRun(warehouse: Warehouse): Promise<LastRun | undefined> {
  const [row] = await warehouse.query(lastRunQuery);
  if (!row) return undefined;
  return {
    startedAt: isoMoment(row.started_at),
    finishedAt: isoMoment(row.finished_at),
    inserted: Number(row.rows_inserted),
    updated: Number(row.rows_updated),
    deleted: Number(row.rows_deleted),
    days: Number(row.touched_days),
    isCovered: Number(row.uncovered_days) === 0,
  };
}

/** BigQuery's client and DuckDB write a moment differently. */
const isoMoment = (moment: Row[string] | undefined) =>
  new Date(String(moment).replace(" ", "T").replace(/\+00$/, "Z")).toISOString();
