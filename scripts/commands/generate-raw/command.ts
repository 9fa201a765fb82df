import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import { wholeNumberOption } from "../command-line/options.ts";
import type { GenerateRawOptions } from "./run.ts";

export const command = defineCommand({
  name: "generate-raw",
  summary: "Generates synthetic activity as csv.gz files, one per day; the same options give the same bytes.",
  example: "--out .local/parts --rows 1000000 --seed 2",
})
  .addOption(new Option("--out <folder>", "the folder for the files (required)"))
  .addOption(wholeNumberOption("rows", "rows in all", 1, 100_000_000).default(7_300_000))
  .addOption(wholeNumberOption("days", "days that they are spread over", 1, 366).default(30))
  .addOption(new Option("--to <day>", "the last day, as YYYY-MM-DD").default(undefined, "yesterday, in UTC"))
  .addOption(wholeNumberOption("seed", "another seed gives other users", 0, 2 ** 32 - 1).default(1))
  .action(async (options: GenerateRawOptions) => (await import("./run.ts")).run(options));
