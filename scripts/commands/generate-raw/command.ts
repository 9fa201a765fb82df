import { Option } from "commander";
import { shapeNames } from "../../synthetic-data/shape-names.ts";
import { defineCommand } from "../command-line/define-command.ts";
import { choiceOption, wholeNumberOption } from "../command-line/options.ts";
import type { GenerateRawOptions } from "./run.ts";

export const command = defineCommand({
  name: "generate-raw",
  summary: "Generates synthetic activity as csv.gz files; the same options give the same bytes.",
  example: "--out .local/parts --rows 1000000 --seed 2",
})
  .addOption(new Option("--out <folder>", "the folder for the files (required)"))
  .addOption(
    choiceOption(
      "shape",
      "shape",
      "the contract's, with a file per day, or that of a real export: 17 files, English country names, lower case, floats",
      shapeNames,
    ).default("contract"),
  )
  .addOption(
    wholeNumberOption("rows", "rows in all", 1, 100_000_000).default(undefined, "7300000; 7290000 for real"),
  )
  .addOption(wholeNumberOption("days", "days that they are spread over", 1, 366).default(30))
  .addOption(
    new Option("--to <day>", "the last day, as YYYY-MM-DD").default(
      undefined,
      "yesterday, in UTC; 2024-03-15 for real",
    ),
  )
  .addOption(wholeNumberOption("seed", "another seed gives other users", 0, 2 ** 32 - 1).default(1))
  .action(async (options: GenerateRawOptions) => (await import("./run.ts")).run(options));
