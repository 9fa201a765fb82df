import { defineCommand } from "../command-line/define-command.ts";
import { dayOption, targetOption } from "../command-line/options.ts";
import type { ValidateOptions } from "./run.ts";

export const command = defineCommand({
  name: "validate",
  summary: "Compares daily_metrics with the raw table, and runs the checks.",
  orFails: "a check did",
  example: "--target bigquery",
})
  .addOption(dayOption("from", "the first day").default(undefined, "the first there is"))
  .addOption(dayOption("to", "the last day").default(undefined, "the last there is"))
  .addOption(targetOption())
  .action(async (options: ValidateOptions) => (await import("./run.ts")).run(options));
