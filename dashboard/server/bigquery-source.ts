import { dailyMetricsTable, loadedPartsTable, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { Source } from "./source.ts";

const versionTtlMs = 30_000;

/** BigQuery. Its version is when its tables were last modified: free metadata, which is read at most twice a minute. */
export function bigquerySource(project: string, warehouse: Warehouse): Source {
  let known: { at: number; version: Promise<string> } | undefined;

  async function readVersion(): Promise<string> {
    const times: (string | undefined)[] = [];
    for (const table of [rawTable, loadedPartsTable, dailyMetricsTable]) {
      times.push(await warehouse.lastWrittenAt(table));
    }
    return times.join("_");
  }

  return {
    name: `BigQuery, project ${project}`,
    target: "bigquery",
    version() {
      if (!known || Date.now() - known.at > versionTtlMs) {
        known = { at: Date.now(), version: readVersion() };
        known.version.catch(() => {
          known = undefined;
        });
      }
      return known.version;
    },
    withWarehouse: (read) => read(warehouse),
  };
}
