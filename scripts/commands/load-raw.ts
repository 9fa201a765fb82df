import { parseArgs } from "node:util";
import { findRawFiles } from "@clan-platform/warehouse/loading/find-raw-files.ts";
import { type LoadedFile, loadRawFiles } from "@clan-platform/warehouse/loading/load-raw-files.ts";
import { removeAbandoned } from "@clan-platform/warehouse/work-folder.ts";
import { SingleBar } from "cli-progress";
import { parseSettings } from "../local/settings.ts";
import {
  openWarehouse,
  parseTarget,
  type Target,
  targetOption,
  warehouseFolder,
} from "../local/warehouse-target.ts";
import { exitWith, withUsage } from "./terminal/refusal.ts";
import { countLine } from "./terminal/table-text.ts";

const usage = "usage: npm run load-raw -- FILE|FOLDER… [--target local|bigquery]";
const bar = new SingleBar({
  format: "  {bar} {percentage} %   {what}",
  barsize: 24,
  clearOnComplete: true,
});

try {
  const { paths, target } = readArguments();
  const settings = parseSettings(process.env);
  const parts = findRawFiles(paths);
  stopOnSignal(warehouseFolder(settings));
  const warehouse = await openWarehouse(target, settings);
  try {
    bar.start(2 * parts.length, 0, { what: "" });
    const loaded = await loadRawFiles(warehouse, parts, warehouseFolder(settings), ({ done, path, what }) =>
      bar.update(done, { what: `${what} ${path}` }),
    );
    bar.stop();
    print(loaded);
  } finally {
    bar.stop();
    await warehouse.close();
  }
} catch (error) {
  exitWith(error);
}

function readArguments(): { paths: string[]; target: Target } {
  return withUsage(usage, () => {
    const { values, positionals } = parseArgs({ options: targetOption, allowPositionals: true });
    if (positionals.length === 0) throw new Error("no file or folder was named");
    return { paths: positionals, target: parseTarget(values.target) };
  });
}

/** What is being loaded is not there then; what was loaded before stays, and the next run goes on from there. */
function stopOnSignal(folder: string): void {
  const stop = (exitCode: number) => {
    bar.stop();
    removeAbandoned(folder, { ours: true });
    console.error("\n  Interrupted. Run it again, and it goes on where it was.\n");
    process.exit(exitCode);
  };
  process.once("SIGINT", () => stop(130));
  process.once("SIGTERM", () => stop(143));
}

function print(parts: LoadedFile[]): void {
  const skipped = parts.filter(({ wasLoaded }) => wasLoaded);
  const fresh = parts.filter(({ wasLoaded }) => !wasLoaded);
  const sum = (count: "read" | "loaded" | "replaced" | "rejected") =>
    fresh.reduce((total, part) => total + part[count], 0);
  const [read, loaded, replaced, rejected] = [sum("read"), sum("loaded"), sum("replaced"), sum("rejected")];
  if (read !== loaded + replaced + rejected) {
    throw new Error(`the counts don't add up: ${read} read, ${loaded} + ${replaced} + ${rejected}`);
  }
  console.log(
    [
      "",
      countLine(
        parts.length,
        skipped.length > 0 ? `parts, of which ${skipped.length} were loaded before` : "parts",
      ),
      countLine(read, "rows read"),
      countLine(loaded, "loaded"),
      countLine(replaced, "replaced one with the same key"),
      countLine(rejected, "rejected"),
    ].join("\n"),
  );
  for (const part of fresh.filter(({ rejected }) => rejected > 0)) {
    console.log(`\n  ${part.path}: ${part.rejected.toLocaleString("en")} rejected`);
  }
  if (rejected > 0)
    console.log("\n  Line and reason of each are in clan_case_raw.user_daily_metrics_rejected.");
  if (fresh.length > 0) console.log("\n  Next: npm run backfill, which brings daily_metrics up to date.");
}
