import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import {
  activitySyncsTable,
  annotationsTable,
  dailyMetricsTable,
  loadedPartsTable,
  rawTable,
} from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { Semaphore } from "async-mutex";
import type { Scope, Source } from "./source.ts";

const versionTtlMs = 30_000;

// However many people look at different figures, as many results at most are in memory at once.
const concurrentReads = 6;

const derived = derivedTables.map(({ table }) => table);

const tablesOf = (analyticsOnly: boolean) => ({
  derived,
  checked: [...(analyticsOnly ? [] : [rawTable]), ...derived],
  everything: [rawTable, loadedPartsTable, activitySyncsTable, dailyMetricsTable, annotationsTable],
});

/** BigQuery. Its version is when its tables were last modified: free metadata, which is read at most twice a minute. */
export function bigquerySource(
  project: string,
  warehouse: Warehouse,
  { analyticsOnly = false } = {},
): Source {
  const tables = tablesOf(analyticsOnly);
  const known = new Map<Scope, { at: number; version: Promise<string> }>();
  const reads = new Semaphore(concurrentReads);

  async function readVersion(scope: Scope): Promise<string> {
    const versions: (string | undefined)[] = [];
    for (const table of tables[scope]) versions.push(await warehouse.contentVersion(table));
    return versions.join("_");
  }

  return {
    name: `BigQuery, project ${project}`,
    target: "bigquery",
    analyticsOnly,
    version(scope) {
      const last = known.get(scope);
      // When the clock was set back since, the time says nothing.
      if (last && Math.abs(Date.now() - last.at) <= versionTtlMs) return last.version;
      const version = readVersion(scope);
      known.set(scope, { at: Date.now(), version });
      version.catch(() => known.delete(scope));
      return version;
    },
    withWarehouse: (read) => reads.runExclusive(() => read(warehouse)),
  };
}
