import { annotationMetrics } from "@clan-platform/warehouse/tables/annotations/metrics.ts";
import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import { choiceOption, dayOption, targetOption } from "../command-line/options.ts";
import type { AnnotateOptions } from "./run.ts";

export const command = defineCommand({
  name: "annotate",
  summary: "Notes on a day what happened, for the dashboard's charts; lists and removes such annotations.",
  example: "--day 2026-11-20 --text 'Patch 2.1' --country TR",
})
  .addOption(dayOption("day", "the day that it is about"))
  .addOption(new Option("--text <text>", "what happened, 1 to 200 characters"))
  .addOption(choiceOption("metric", "metric", "the metric that it is about", annotationMetrics))
  .addOption(new Option("--country <country>", "the country that it is about, as a code or a name"))
  .addOption(new Option("--list", "print all annotations with their ids"))
  .addOption(new Option("--remove <id>", "remove the annotation with this id"))
  .addOption(targetOption())
  .action(async (options: AnnotateOptions) => (await import("./run.ts")).run(options));
