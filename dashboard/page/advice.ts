import type { DaysAnswer, FreshnessAnswer } from "../server/answers.ts";
import { rangeText } from "./names.ts";
import { type Advice, command } from "./notice.ts";
import type { Range } from "./selection.ts";

export type Target = DaysAnswer["target"];

/** Advice when the selection has no figures. */
export const selectionAdvice = (covered: Range): Advice => [
  "No player on this platform and in these countries was active on these days. ",
  `There are figures for ${rangeText(covered.from, covered.to)}.`,
];

/** Advice when daily_metrics is empty. */
export function noDataAdvice({ raw }: FreshnessAnswer["rows"], target: Target): Advice {
  const option = target === "bigquery" ? "--target bigquery " : "";
  const backfill = command(`npm run backfill -- ${option}--yes`);
  const rest = "; this page shows the figures as soon as they exist.";
  if (raw > 0) return ["There are raw rows, but no daily_metrics yet: run ", backfill, rest];
  const load = command(`npm run load-raw -- ${option}FOLDER`);
  const sync = [", or send activity to the API and sync it with ", command("npm run sync")];
  return [
    "Load raw files with ",
    load,
    ", compute the metrics with ",
    backfill,
    ...(option ? [] : sync),
    rest,
  ];
}

/** Advice when the server does not answer; `staleNote` is about the figures that are still shown. */
export const unavailableAdvice = (target: Target, staleNote: string): Advice => [
  "Start it with ",
  ...(target === "bigquery"
    ? [command("npm run dashboard -- --target bigquery")]
    : [command("npm start"), " or ", command("npm run dashboard")]),
  `.${staleNote} This page reconnects by itself.`,
];
