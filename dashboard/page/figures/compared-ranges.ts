import { addDays, countDays } from "../../days.ts";
import type { Range } from "./periods.ts";

/** The part of two periods of the same length, without the days at their ends that have no partner with figures. */
export interface ComparedRanges {
  now: Range;
  before: Range;
  /** Days between these that have figures on one side alone: their sums are in it. */
  unpaired: number;
}

/** Where sums can't be taken day by day, the ends are cut so that like is compared with like; undefined if nothing is left. */
export function comparedRanges(
  range: Range,
  before: Range,
  daysWithFigures: ReadonlySet<string>,
): ComparedRanges | undefined {
  const days = countDays(range.from, range.to);
  const has = Array.from({ length: days }, (_, at) => ({
    now: daysWithFigures.has(addDays(range.from, at)),
    before: daysWithFigures.has(addDays(before.from, at)),
  }));
  const first = has.findIndex((day) => day.now && day.before);
  const last = has.findLastIndex((day) => day.now && day.before);
  if (first < 0) return undefined;
  const part = ({ from }: Range): Range => ({ from: addDays(from, first), to: addDays(from, last) });
  const unpaired = has.slice(first, last + 1).filter((day) => day.now !== day.before).length;
  return { now: part(range), before: part(before), unpaired };
}
