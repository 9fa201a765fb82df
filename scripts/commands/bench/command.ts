import { defineCommand } from "../command-line/define-command.ts";
import { choicesArgument } from "../command-line/options.ts";
import { parts } from "./parts.ts";

export const command = defineCommand({
  name: "bench",
  summary:
    "Measures the promised ratios, two to five minutes per part; all parts together write BENCHMARKS.md.",
  orFails: "a limit was missed",
  example: "service activity",
})
  .addArgument(choicesArgument("part", "the parts to measure", Object.keys(parts)))
  .action(async (names: string[]) => (await import("./run.ts")).run(names));
