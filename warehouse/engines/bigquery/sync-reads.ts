import { readFileSync } from "node:fs";

/** The scans of a table in a statement of the scheduled sync, of which `days` are read when one day is touched. */
export interface SyncRead {
  statement: string;
  table: string;
  scans: { columns: string; days: number | "all" }[];
}

/**
 * What a run of the scheduled query activity_sync reads. GoogleSQL's analysis of its script finds it (cost.test.ts), so that what
 * `npm run plan` estimates can't differ from it; what a CTE takes with `select *` counts as all columns. `smallTables` counts
 * other tables, once per statement.
 */
export const syncReads = JSON.parse(readFileSync(new URL("sync-reads.json", import.meta.url), "utf8")) as {
  smallTables: number;
  reads: SyncRead[];
};
