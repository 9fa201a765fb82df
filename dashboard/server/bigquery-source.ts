import {
  activitySyncsTable,
  annotationsTable,
  dailyMetricsTable,
  loadedPartsTable,
  rawTable,
} from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { Scope, Source } from "./source.ts";

const versionTtlMs = 30_000;

const tables = {
  daily_metrics: [dailyMetricsTable],
  checked: [rawTable, dailyMetricsTable],
  everything: [rawTable, loadedPartsTable, activitySyncsTable, dailyMetricsTable, annotationsTable],
};

/** BigQuery. Its version is when its tables were last modified: free metadata, which is read at most twice a minute. */
export function bigquerySource(project: string, warehouse: Warehouse): Source {
  const known = new Map<Scope, { at: number; version: Promise<string> }>();

  async function readVersion(scope: Scope): Promise<string> {
    const versions: (string | undefined)[] = [];
    for (const table of tables[scope]) versions.push(await warehouse.contentVersion(table));
    return versions.join("_");
  }

  return {
    name: `BigQuery, project ${project}`,
    target: "bigquery",
    version(scope) {
      const last = known.get(scope);
      if (last && Date.now() - last.at <= versionTtlMs) return last.version;
      const version = readVersion(scope);
      known.set(scope, { at: Date.now(), version });
      version.catch(() => known.delete(scope));
      return version;
    },
    withWarehouse: (read) => read(warehouse),
  };
}
