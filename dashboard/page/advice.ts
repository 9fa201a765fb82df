import type { DaysAnswer, FreshnessAnswer } from "../server/answers.ts";
import { rangeText } from "./names.ts";
import { type Advice, command } from "./notice.ts";
import type { Range } from "./selection.ts";

export type Target = DaysAnswer["target"];

/** What to do where the selection has no figures. */
export const selectionAdvice = (covered: Range): Advice => [
  "No player of this platform and these countries was active on these days. ",
  `There are figures of ${rangeText(covered.from, covered.to)}.`,
];

/** What to do where there is no daily_metrics of any day. */
export function noDataAdvice({ raw }: FreshnessAnswer["rows"], target: Target): Advice {
  const option = target === "bigquery" ? "--target bigquery " : "";
  const backfill = command(`npm run backfill -- ${option}--yes`);
  const rest = "; this page shows it as soon as it is there.";
  if (raw > 0) return ["There are raw rows, and no daily_metrics of them: run ", backfill, rest];
  const load = command(`npm run load-raw -- ${option}FOLDER`);
  const sync = [", or send activity to the API and fetch it with ", command("npm run sync")];
  return ["Load parts with ", load, " and compute with ", backfill, ...(option ? [] : sync), rest];
}

/** What to do where nobody answers. */
export const awayAdvice = (target: Target, old: string): Advice => [
  "Start it with ",
  ...(target === "bigquery"
    ? [command("npm run dashboard -- --target bigquery")]
    : [command("npm start"), " or ", command("npm run dashboard")]),
  `.${old} This page comes back by itself.`,
];
