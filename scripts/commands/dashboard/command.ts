import { defineCommand } from "../command-line/define-command.ts";
import { targetOption } from "../command-line/options.ts";
import type { DashboardOptions } from "./run.ts";

export const command = defineCommand({
  name: "dashboard",
  summary: "Serves the dashboard alone.",
  example: "--target bigquery",
  isServer: true,
})
  .addOption(targetOption())
  .action(async (options: DashboardOptions) => (await import("./run.ts")).run(options));
