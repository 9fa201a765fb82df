import { basename } from "node:path";
import { findRawFiles } from "@clan-platform/warehouse/loading/find-raw-files.ts";
import { type LoadProgress, loadRawFiles } from "@clan-platform/warehouse/loading/load-raw-files.ts";
import { recomputeTouchedDays, uncoveredDays } from "@clan-platform/warehouse/tables/recompute/recompute.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { removeAbandoned } from "@clan-platform/warehouse/work-folder.ts";
import { parseSettings } from "../../local/settings.ts";
import { openWarehouse, type Target, warehouseFolder } from "../../local/warehouse-target.ts";
import { rangesText } from "../terminal/date-ranges.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { passedOverText } from "../terminal/file-warnings.ts";
import { onInterruption } from "../terminal/interruption.ts";
import { print, printError } from "../terminal/print.ts";
import { startProgressBar } from "../terminal/progress-bar.ts";
import { reportText, sumOf } from "./report-text.ts";

export interface LoadRawOptions {
  /** Whether daily_metrics follows. */
  refresh: boolean;
  /** Loads files of which more than half is rejected. */
  allowRejects?: boolean;
  target: Target;
}

export async function run(paths: string[], { refresh, allowRejects, target }: LoadRawOptions): Promise<void> {
  const settings = parseSettings(process.env);
  const folder = warehouseFolder(settings);
  const { paths: parts, passedOver } = findRawFiles(paths);
  for (const line of passedOverText(passedOver)) print(line);
  // A part that is being loaded is then missing; those before it stay.
  onInterruption(() => {
    removeAbandoned(folder, { ours: true });
    printError("\n  Interrupted. Run it again, and it continues where it stopped.\n");
  });
  const warehouse = await openWarehouse(target, settings);
  try {
    const bar = startProgressBar(2 * parts.length, "  {bar} {percentage} %   {what}", { what: "" });
    const onProgress = ({ done, path, what }: LoadProgress) =>
      bar.update(done, { what: `${what} ${basename(path)}` });
    const loading = loadRawFiles(warehouse, parts, folder, onProgress, { allowRejects });
    const loaded = await loading.finally(bar.stop);
    print(reportText(loaded));
    print(`\n  ${await refreshed(warehouse, refresh)}`);
    if (sumOf(loaded).rejected > 0) process.exitCode = exitCode.rowsRejected;
  } finally {
    await warehouse.close();
  }
}

/**
 * Brings daily_metrics up to date for the loaded days, and those that an interrupted run has left, and says so. On
 * BigQuery the scheduled query does that.
 */
async function refreshed(warehouse: Warehouse, refresh: boolean): Promise<string> {
  if (refresh && warehouse.supports.recomputeTouchedDays) {
    const ranges = await recomputeTouchedDays(warehouse);
    return `daily_metrics ${ranges.length > 0 ? `recomputed ${rangesText(ranges)}` : "is up to date"}.`;
  }
  const ranges = await uncoveredDays(warehouse);
  if (ranges.length === 0) return "daily_metrics is up to date.";
  const by = warehouse.supports.recomputeTouchedDays
    ? "npm run sync, or the next load-raw,"
    : "the next run of the scheduled query daily_metrics";
  return `daily_metrics is not up to date for ${rangesText(ranges)}: ${by} recomputes these days.`;
}
