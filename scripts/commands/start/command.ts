import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import { allowRejectsOption, wholeNumberOption } from "../command-line/options.ts";
import type { StartOptions } from "./run.ts";

export const command = defineCommand({
  name: "start",
  summary:
    "Runs the whole platform on this machine: PostgreSQL, the clan API, the warehouse, the sync and the dashboard.",
  example: "--rows 100000",
  isServer: true,
})
  .addOption(new Option("--fresh", "delete the local data first"))
  .addOption(
    wholeNumberOption("rows", "rows to fill an empty warehouse with", 0, 99_999_999).default(7_300_000),
  )
  .addOption(
    new Option(
      "--raw <path>",
      "load this folder of files, or file, instead, as load-raw does; files loaded before are skipped, and rows that are there stay",
    ),
  )
  .addOption(allowRejectsOption("with --raw, "))
  .addOption(wholeNumberOption("every", "minutes between two syncs; 0: no sync", 0, 9_999).default(5))
  .action(async (options: StartOptions) => (await import("./run.ts")).run(options));
