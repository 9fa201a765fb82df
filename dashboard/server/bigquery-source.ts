import { dailyMetricsTable, loadedPartsTable, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { Source } from "./source.ts";

const remembersMs = 30_000;

/** BigQuery, asked again when one of the tables was modified; that costs nothing, and is looked up twice a minute. */
export function bigquerySource(project: string, warehouse: Warehouse): Source {
  let known: { at: number; version: Promise<string> } | undefined;

  async function lookUp(): Promise<string> {
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
      if (!known || Date.now() - known.at > remembersMs) {
        known = { at: Date.now(), version: lookUp() };
        known.version.catch(() => {
          known = undefined;
        });
      }
      return known.version;
    },
    ask: (question) => question(warehouse),
  };
}
