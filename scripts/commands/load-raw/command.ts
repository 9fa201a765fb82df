import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import { allowRejectsOption, targetOption } from "../command-line/options.ts";
import type { LoadRawOptions } from "./run.ts";

export const command = defineCommand({
  name: "load-raw",
  summary:
    "Loads files of activity into the raw table, each as a whole or not at all, and recomputes their days of daily_metrics; a loaded file is skipped.",
  example: ".local/parts",
  mayRejectRows: true,
})
  .argument("<path...>", "CSV and NDJSON files, plain or with .gz, Parquet files, and folders of them")
  .addOption(allowRejectsOption())
  .addOption(
    new Option("--no-refresh", "leave daily_metrics as it is; the next sync or load recomputes the days"),
  )
  .addOption(targetOption())
  .action(async (paths: string[], options: LoadRawOptions) => (await import("./run.ts")).run(paths, options));
