import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import { targetOption } from "../command-line/options.ts";
import type { DeduplicateOptions } from "./run.ts";

export const command = defineCommand({
  name: "deduplicate",
  summary:
    "Removes raw rows whose key another row has, and recomputes their days; without --yes, shows them.",
  example: "--yes",
})
  .addOption(new Option("--yes", "remove the rows"))
  .addOption(targetOption())
  .action(async (options: DeduplicateOptions) => (await import("./run.ts")).run(options));
