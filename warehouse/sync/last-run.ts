import { readTemplate } from "../templates.ts";
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
  /** Whether daily_metrics covers this run, and all syncs and loads before it. */
  isCovered: boolean;
}

export const lastRunQuery = readTemplate(new URL("last-run.sql", import.meta.url));

/** The last run of activity_sync that finished; undefined before the first. */
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
