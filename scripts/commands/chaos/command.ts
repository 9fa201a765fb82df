import { defineCommand } from "../command-line/define-command.ts";
import { choicesArgument } from "../command-line/options.ts";
import { experimentNames } from "./experiment-names.ts";

export const command = defineCommand({
  name: "chaos",
  summary:
    "Injects faults into the real service, database and loader under load; all experiments together take some twelve minutes and write RELIABILITY.md.",
  orFails: "a promise was broken",
  example: "backend-killed soak",
})
  .addArgument(choicesArgument("name", "the experiments to run", experimentNames))
  .action(async (names: string[]) => (await import("./run.ts")).run(names));
