import { findRawFiles } from "@clan-platform/warehouse/loading/find-raw-files.ts";
import { loadRawFiles } from "@clan-platform/warehouse/loading/load-raw-files.ts";
import { removeAbandoned } from "@clan-platform/warehouse/work-folder.ts";
import { parseSettings } from "../../local/settings.ts";
import { openWarehouse, type Target, warehouseFolder } from "../../local/warehouse-target.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { onInterruption } from "../terminal/interruption.ts";
import { startProgressBar } from "../terminal/progress-bar.ts";
import { reportText, sumOf } from "./report-text.ts";

export interface LoadRawOptions {
  target: Target;
}

export async function run(paths: string[], { target }: LoadRawOptions): Promise<void> {
  const settings = parseSettings(process.env);
  const folder = warehouseFolder(settings);
  const parts = findRawFiles(paths);
  // A part that is being loaded is then missing; those before it stay.
  onInterruption(() => {
    removeAbandoned(folder, { ours: true });
    console.error("\n  Interrupted. Run it again, and it continues where it stopped.\n");
  });
  const warehouse = await openWarehouse(target, settings);
  try {
    const bar = startProgressBar(2 * parts.length, "  {bar} {percentage} %   {what}", { what: "" });
    const loaded = await loadRawFiles(warehouse, parts, folder, ({ done, path, what }) =>
      bar.update(done, { what: `${what} ${path}` }),
    ).finally(bar.stop);
    console.log(reportText(loaded));
    if (sumOf(loaded).rejected > 0) process.exitCode = exitCode.rowsRejected;
  } finally {
    await warehouse.close();
  }
}
