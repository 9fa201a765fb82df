import { addDays, countDays, daysFrom } from "../../days.ts";
import { type Baseline, baselineOf } from "./baselines.ts";
import { earliest, latest, type Range } from "./complete-days.ts";
import { daysText, dayText, rangeText } from "./names.ts";

export { type Baseline, baselines } from "./baselines.ts";
export { lastCompleteDay, type Range } from "./complete-days.ts";

/** The last n days, all days, or from one day to another. */
export type Period = { last: number } | "all" | { from: string; to: string };

/** What is known of the data. */
export interface Known {
  /** The first and the last day of daily_metrics. */
  covered: Range;
  /** The days between them on which nobody has figures. */
  missing: readonly string[];
  /** In UTC. */
  today: string;
  /** The last day that is complete: not today, and not after the last sync or load. */
  lastComplete: string;
}

export interface Resolved {
  /** What is counted. If the data has none of the days asked for, those days, at most a year of them: nothing is counted then. */
  range: Range;
  /** Days of the period that aren't over: drawn dotted, left out of totals unless `withIncomplete`. */
  incomplete: string[];
  /** Why the range isn't what was asked for, one sentence for the user; undefined if it is. */
  cut?: string;
  /** The same number of days as `range`. Those that the data lacks have no partner: `pairDays` leaves them out. */
  before?: Range;
  /** Which days of `before` are outside the data, one sentence for the user; undefined if none is. */
  beforeCut?: string;
  /** Why there is no comparison; undefined if there is one. */
  noBefore?: string;
}

/**
 * The days that a period counts and those that it is compared with.
 *
 * The last n days end at the last complete day, or with `withIncomplete` at the last day that has figures. All days,
 * and days that were typed, keep their incomplete days in `incomplete`. A period with no complete day at all is counted
 * nevertheless, without a comparison, because an empty page would help nobody.
 */
export function resolve(
  period: Period,
  { baseline, withIncomplete }: { baseline: Baseline; withIncomplete: boolean },
  known: Known,
): Resolved {
  const { covered } = known;
  const lastComplete = earliest(known.lastComplete, addDays(known.today, -1));
  const hasComplete = lastComplete >= covered.from;
  const asked = askedFor(period, withIncomplete || !hasComplete ? covered.to : lastComplete, covered);
  const inside = { from: latest(asked.from, covered.from), to: earliest(asked.to, covered.to) };
  if (inside.from > inside.to) {
    return {
      range: nearest(asked, covered),
      incomplete: [],
      cut: outsideText(asked, covered),
      noBefore: "There is nothing to compare.",
    };
  }

  const incomplete = daysFrom(latest(inside.from, addDays(lastComplete, 1)), inside.to);
  const isUnfinished = inside.from > lastComplete;
  const takesAll = withIncomplete || isUnfinished;
  const range = takesAll ? inside : { from: inside.from, to: earliest(inside.to, lastComplete) };
  const cut = sentence([
    missingText(asked, covered, "days"),
    period !== "all" && !takesAll && incomplete.length > 0 && leftOutText(incomplete),
    isUnfinished && !withIncomplete && "No day of the period is complete, so what there is so far is counted",
  ]);
  const compared =
    isUnfinished && !withIncomplete
      ? { noBefore: "A day that isn't over can't be compared with whole days." }
      : compare(range, baseline, covered);
  return { range, incomplete, ...(cut && { cut }), ...compared };
}

function askedFor(period: Period, last: string, covered: Range): Range {
  if (period === "all") return covered;
  if ("last" in period) return { from: addDays(last, 1 - period.last), to: last };
  return period.from <= period.to ? period : { from: period.to, to: period.from };
}

// Hundreds of thousands of days without figures would freeze the page.
const maxEmptyDays = 366;

/** The days of a range outside the data that are nearest to it. */
function nearest(asked: Range, covered: Range): Range {
  if (countDays(asked.from, asked.to) <= maxEmptyDays) return asked;
  return asked.to < covered.from
    ? { from: addDays(asked.to, 1 - maxEmptyDays), to: asked.to }
    : { from: asked.from, to: addDays(asked.from, maxEmptyDays - 1) };
}

function compare(range: Range, baseline: Baseline, covered: Range): Partial<Resolved> {
  if (baseline === "none") return { noBefore: "No comparison is selected." };
  const before = baselineOf(range, baseline);
  if (!before) {
    const days = daysText(countDays(range.from, range.to));
    return { noBefore: `The ${days} are longer than a ${baseline}: they would be compared with themselves.` };
  }
  if (before.to < covered.from || before.from > covered.to) {
    const days = rangeText(before.from, before.to);
    return {
      noBefore: `The data begins on ${dayText(covered.from)}: there is nothing on ${days} to compare with.`,
    };
  }
  const beforeCut = sentence([missingText(before, covered, "days before")]);
  return { before, ...(beforeCut && { beforeCut }) };
}

const sentence = (clauses: (string | false | undefined)[]): string | undefined => {
  const said = clauses.filter((clause) => typeof clause === "string");
  return said.length > 0 ? `${said.join("; ")}.` : undefined;
};

/** `The data begins on 1 Mar 2026: 12 of the 30 days are missing` */
function missingText(asked: Range, covered: Range, days: string): string | undefined {
  const all = countDays(asked.from, asked.to);
  const present = countDays(latest(asked.from, covered.from), earliest(asked.to, covered.to));
  if (present === all) return undefined;
  const lacks = `${all - present} of the ${all} ${days} ${all - present === 1 ? "is" : "are"} missing`;
  const [isEarly, isLate] = [asked.from < covered.from, asked.to > covered.to];
  if (isEarly && isLate) return `The data covers ${rangeText(covered.from, covered.to)}: ${lacks}`;
  return isEarly
    ? `The data begins on ${dayText(covered.from)}: ${lacks}`
    : `The data ends on ${dayText(covered.to)}: ${lacks}`;
}

const leftOutText = (incomplete: string[]): string =>
  incomplete.length === 1
    ? `${dayText(incomplete[0] as string)} isn't over and is left out`
    : `${rangeText(incomplete[0] as string, incomplete.at(-1) as string)} aren't over and are left out`;

const outsideText = (asked: Range, covered: Range): string =>
  asked.to < covered.from
    ? `The data begins on ${dayText(covered.from)}, after ${rangeText(asked.from, asked.to)}.`
    : `The data ends on ${dayText(covered.to)}, before ${rangeText(asked.from, asked.to)}.`;
