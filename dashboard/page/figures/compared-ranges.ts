import { addDays, countDays } from "../../days.ts";
import type { Pair } from "./like-for-like.ts";
import type { Range } from "./periods.ts";

/** Days of a period that have a partner with figures in the other one. */
export interface ComparedDays extends Range {
  /** Days between these that have figures, and whose partner has none. */
  without: string[];
}

/** What is compared of two periods of the same length. */
export interface ComparedRanges extends Pick<Pair, "pairs" | "days"> {
  now: ComparedDays;
  before: ComparedDays;
}

/**
 * The days of both periods by which sums are compared, like with like: those with figures on both sides. Undefined if there is no
 * such day.
 */
export function comparedRanges(
  range: Range,
  before: Range,
  daysWithFigures: ReadonlySet<string>,
): ComparedRanges | undefined {
  const days = countDays(range.from, range.to);
  const all = Array.from({ length: days }, (_, at) => {
    const pair = { now: addDays(range.from, at), before: addDays(before.from, at) };
    const [now, then] = [daysWithFigures.has(pair.now), daysWithFigures.has(pair.before)];
    return { ...pair, isPaired: now && then, isAlone: now !== then };
  });
  const paired = all.filter(({ isPaired }) => isPaired);
  const [first, last] = [paired[0], paired.at(-1)];
  if (!first || !last) return undefined;
  const between = all.slice(all.indexOf(first), all.indexOf(last));
  const alone = between.filter(({ isAlone }) => isAlone);
  const side = (name: "now" | "before"): ComparedDays => ({
    from: first[name],
    to: last[name],
    without: alone.map((pair) => pair[name]).filter((day) => daysWithFigures.has(day)),
  });
  return { now: side("now"), before: side("before"), pairs: paired.length, days };
}
