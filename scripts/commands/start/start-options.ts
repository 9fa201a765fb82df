import { type Command, Option } from "commander";
import { allowRejectsOption, wholeNumberOption } from "../command-line/options.ts";

/** Adds the options of the commands that run the whole platform. */
export function addStartOptions(command: Command): Command {
  return command
    .addOption(new Option("--fresh", "delete the local data first"))
    .addOption(
      wholeNumberOption("rows", "rows to fill an empty warehouse with", 0, 99_999_999).default(7_300_000),
    )
    .addOption(
      new Option(
        "--raw <path>",
        "load this folder of files, or file, instead, as load-raw does; files loaded before are skipped, and rows that are there stay",
      ),
    )
    .addOption(allowRejectsOption("with --raw, "))
    .addOption(wholeNumberOption("every", "minutes between two syncs; 0: no sync", 0, 9_999).default(5));
}
