import { defineCommand } from "../command-line/define-command.ts";
import type { StartOptions } from "../start/platform.ts";
import { addStartOptions } from "../start/start-options.ts";

export const command = addStartOptions(
  defineCommand({
    name: "dev",
    summary:
      "Runs the same for those who change the code: the API and the dashboard's server restart when a file of theirs is saved, and the page is updated in the browser.",
    example: "--rows 100000",
    isServer: true,
  }),
).action(async (options: StartOptions) => (await import("./run.ts")).run(options));
