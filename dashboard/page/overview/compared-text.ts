import { coverageText, pairsText } from "../figures/like-for-like.ts";
import { rangeText } from "../figures/names.ts";
import type { Resolved } from "../figures/periods.ts";
import type { OverviewFigures } from "./overview-figures.ts";

/** What is counted, and what it is compared with, in sentences. */
export function comparedText(
  { range, before, cut, beforeCut, noBefore }: Resolved,
  { days, pair }: Pick<OverviewFigures, "days" | "pair">,
): string {
  const counted = coverageText(days);
  const period = `${rangeText(range.from, range.to)}${counted ? ` (${counted})` : ""}`;
  const pairs = pair && pairsText(pair);
  return [
    before ? `${period}, against ${rangeText(before.from, before.to)}.` : `${period}. ${noBefore ?? ""}`,
    cut,
    beforeCut,
    pairs && `${pairs}.`,
  ]
    .filter(Boolean)
    .join(" ");
}
