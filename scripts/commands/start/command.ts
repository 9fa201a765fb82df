import { defineCommand } from "../command-line/define-command.ts";
import type { StartOptions } from "./platform.ts";
import { addStartOptions } from "./start-options.ts";

export const command = addStartOptions(
  defineCommand({
    name: "start",
    summary:
      "Runs the whole platform on this machine: PostgreSQL, the clan API, the warehouse, the sync and the dashboard.",
    example: "--rows 100000",
    isServer: true,
  }),
).action(async (options: StartOptions) => (await import("./run.ts")).run(options));
