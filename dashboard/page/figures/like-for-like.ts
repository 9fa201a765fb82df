import { daysText } from "./names.ts";
import { type Day, type Sums, sumOf } from "./sums.ts";

/** The sums of two periods over the days that have figures in both. */
export interface Pair {
  now: Sums;
  before: Sums;
  /** The number of days that are compared. */
  pairs: number;
  /** The number of days of the period. */
  days: number;
}

/**
 * Adds up two series of the same length, day by day, over the days that have figures on both sides: a day that is
 * missing on one side would otherwise read as a fall to nothing. Undefined if there is no such day.
 */
export function pairDays(now: Day[], before: Day[]): Pair | undefined {
  const paired = pairedDays(now, before);
  if (paired.now.length === 0) return undefined;
  return {
    now: sumOf(paired.now),
    before: sumOf(paired.before),
    pairs: paired.now.length,
    days: now.length,
  };
}

/** The days of two series of the same length that have figures on both sides. */
export function pairedDays(now: Day[], before: Day[]): { now: Day[]; before: Day[] } {
  if (now.length !== before.length) {
    throw new RangeError(`Series of ${now.length} and ${before.length} days can't be compared day by day.`);
  }
  const isPaired = (_: Day, at: number) => now[at]?.sums !== undefined && before[at]?.sums !== undefined;
  return { now: now.filter(isPaired), before: before.filter(isPaired) };
}

/** `27 of 30 days have figures`; undefined if all have. */
export function coverageText(days: Day[]): string | undefined {
  const have = days.filter(({ sums }) => sums).length;
  if (have === days.length) return undefined;
  return `${have} of ${daysText(days.length)} ${have === 1 ? "has" : "have"} figures`;
}

/** `27 of 30 days are compared: the others have no figures in one of the periods`; undefined if all are. */
export function pairsText({ pairs, days }: Pick<Pair, "pairs" | "days">): string | undefined {
  if (pairs === days) return undefined;
  const [are, others] = [
    pairs === 1 ? "is" : "are",
    days - pairs === 1 ? "the other has" : "the others have",
  ];
  return `${pairs} of ${daysText(days)} ${are} compared: ${others} no figures in one of the periods`;
}
