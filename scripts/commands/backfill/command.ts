import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import { dayOption, targetOption } from "../command-line/options.ts";
import type { BackfillOptions } from "./run.ts";

export const command = defineCommand({
  name: "backfill",
  summary:
    "Recomputes days of daily_metrics and of all other tables that are computed from the raw table; without --yes, shows what would change.",
  example: "--from 2026-11-01 --yes",
})
  .addOption(dayOption("from", "the first day").default(undefined, "the first there is"))
  .addOption(dayOption("to", "the last day").default(undefined, "the last there is"))
  .addOption(new Option("--yes", "make the changes"))
  .addOption(targetOption())
  .action(async (options: BackfillOptions) => (await import("./run.ts")).run(options));
