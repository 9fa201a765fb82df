import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { allDays } from "@clan-platform/warehouse/days.ts";
import {
  addAnnotation,
  readAnnotations,
  removeAnnotation,
} from "@clan-platform/warehouse/tables/annotations/annotations.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { parseSettings } from "../../local/settings.ts";
import { openWarehouse, type Target } from "../../local/warehouse-target.ts";
import { CliError, UsageError } from "../terminal/cli-error.ts";
import { print } from "../terminal/print.ts";
import { tableText } from "../terminal/table.ts";
import { type AnnotationOptions, readAnnotation } from "./read-annotation.ts";

export interface AnnotateOptions extends AnnotationOptions {
  list?: boolean;
  remove?: string;
  target: Target;
}

export async function run(options: AnnotateOptions): Promise<void> {
  const work = workOf(options);
  const warehouse = await openWarehouse(options.target, parseSettings(process.env));
  try {
    print(`\n${await work(warehouse)}\n`);
  } finally {
    await warehouse.close();
  }
}

type Work = (warehouse: Warehouse) => Promise<string>;

/** What the options ask for; the work returns what to print. */
function workOf(options: AnnotateOptions): Work {
  const { day, text, metric, country, list, remove, target } = options;
  const isAdding = [day, text, metric, country].some((value) => value !== undefined);
  if ([isAdding, list, remove !== undefined].filter(Boolean).length > 1) {
    throw new UsageError("Add an annotation, --list them or --remove one: one at a time.");
  }
  if (list) return listed;
  if (remove !== undefined) return (warehouse) => removed(warehouse, remove, target);
  const annotation = readAnnotation(options);
  return async (warehouse) => {
    const id = await addAnnotation(warehouse, annotation);
    return `  ${annotation.day} has the annotation ${id}; the dashboard shows it when it next looks for figures.`;
  };
}

const listed: Work = async (warehouse) => {
  const annotations = await readAnnotations(warehouse, allDays);
  if (annotations.length === 0) return "  There are no annotations yet: add one with --day and --text.";
  const rows = annotations.map(({ id, day, metric, country, text }) => [
    id,
    day,
    metric ?? "",
    country ?? "",
    printable(text),
  ]);
  return tableText([["id", "day", "metric", "country", "text"], ...rows], { from: 5 });
};

async function removed(warehouse: Warehouse, id: string, target: Target): Promise<string> {
  const annotation = (await readAnnotations(warehouse, allDays)).find((known) => known.id === id);
  if (!annotation) {
    const option = target === "bigquery" ? " --target bigquery" : "";
    throw new CliError(
      `There is no annotation ${id}: npm run annotate -- --list${option} prints the ids of all.`,
    );
  }
  await removeAnnotation(warehouse, id);
  return `  Removed from ${annotation.day}: ${printable(annotation.text)}`;
}
