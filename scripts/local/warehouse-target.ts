import { join } from "node:path";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { CliError } from "../commands/terminal/cli-error.ts";
import { printError } from "../commands/terminal/print.ts";
import type { Settings } from "./settings.ts";

export const targets = ["local", "bigquery"] as const;
export type Target = (typeof targets)[number];

/** Where the embedded warehouse keeps its data. */
export const warehouseFolder = (settings: Settings) => join(settings.DATA_DIR, "warehouse");

/** The DuckDB file of the local warehouse. */
export const localWarehouseFile = (settings: Settings) => join(warehouseFolder(settings), "warehouse.duckdb");

interface OpenOptions {
  /** For how long BigQuery is tried again while it is busy or out of reach; the default is some two minutes. */
  patienceMs?: number;
  /** How long BigQuery may be silent; the default is a minute. */
  requestLimitMs?: number;
  /** A process that holds the local warehouse for moments only: waiting for it is not worth a line. */
  briefHolder?: number | undefined;
}

/**
 * Opens the warehouse: the local one, made when it is not there, or BigQuery with the viewer's own credentials.
 * @throws {CliError | WarehouseError}
 */
export async function openWarehouse(
  target: Target,
  settings: Settings,
  { patienceMs, requestLimitMs, briefHolder }: OpenOptions = {},
): Promise<Warehouse> {
  if (target === "bigquery") {
    if (!settings.GOOGLE_CLOUD_PROJECT) {
      throw new CliError("--target bigquery needs a project: set GOOGLE_CLOUD_PROJECT to its id.");
    }
    // Google's client takes a second to import, which the local target need not wait for, as it need not for DuckDB.
    const { openBigquery } = await import("@clan-platform/warehouse/engines/bigquery/bigquery.ts");
    return openBigquery({
      project: settings.GOOGLE_CLOUD_PROJECT,
      location: settings.BIGQUERY_LOCATION,
      patienceMs,
      requestLimitMs,
    });
  }
  const { openDuckdb } = await import("@clan-platform/warehouse/engines/duckdb/duckdb.ts");
  const warehouse = await openDuckdb(localWarehouseFile(settings), {
    onWait: (pid) => {
      if (pid !== undefined && pid === briefHolder) return;
      printError(
        `  Waiting for ${pid ? `process ${pid}` : "another process"}, which holds the local warehouse …`,
      );
    },
  });
  await warehouse.createTables();
  return warehouse;
}
