import { syncReads } from "@clan-platform/warehouse/engines/bigquery/sync-reads.ts";
import { tables } from "@clan-platform/warehouse/tables/table.ts";
import { assumed } from "./constants.ts";
import { rowBytes, rowsPerDay } from "./warehouse-volumes.ts";

/** Of each table in a query: https://cloud.google.com/bigquery/pricing#on_demand_pricing */
const minimumBytes = 10 * 2 ** 20;

/**
 * What BigQuery bills for a run of activity_sync with the touched days, in GiB: activity and memberships of one day changed, and
 * the tables have what they keep after a year. Temporary tables are counted at the minimum, which the changes of a quarter of an
 * hour exceed from some million players on, without being much of the whole.
 */
export function syncGibOf(dau: number): number {
  const bytes = syncReads.reads.reduce((sum, { table: name, scans }) => {
    const ofTable = scans.reduce((all, { columns, days }) => {
      const kept = days === "all" ? assumed.warehouseDays : days;
      return all + (rowsPerDay[name]?.(dau) ?? 0) * widthOf(name, columns.split(", ")) * kept;
    }, 0);
    return sum + Math.max(minimumBytes, ofTable);
  }, syncReads.smallTables * minimumBytes);
  return bytes / 2 ** 30;
}

function widthOf(name: string, columns: string[]): number {
  const fields = tables.find((table) => table.name === name)?.fields ?? [];
  return rowBytes({ fields: fields.filter((field) => columns.includes(field.name)) });
}

const hoursPerMonth = 730;
/** The refreshes of a stack that syncs once a day. */
const daysPerMonth = hoursPerMonth / 24;

export const syncsPerMonth = (everyMinutes: number): number => (hoursPerMonth * 60) / everyMinutes;

/** A month's TiB, of which `queriedTib` are people's and the daily queries', which do the work of one sync a day. */
export const readTibOf = (queriedTib: number, syncGib: number, syncs: number): number =>
  queriedTib + (Math.max(0, syncs - daysPerMonth) * syncGib) / 1_024;
