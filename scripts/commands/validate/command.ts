import { defineCommand } from "../command-line/define-command.ts";
import { targetOption } from "../command-line/options.ts";
import type { ValidateOptions } from "./run.ts";

export const command = defineCommand({
  name: "validate",
  summary: "Compares daily_metrics with the raw table, and runs the checks.",
  orFails: "a check did",
  example: "--target bigquery",
})
  .addOption(targetOption())
  .action(async (options: ValidateOptions) => (await import("./run.ts")).run(options));
