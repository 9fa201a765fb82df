import type { CohortsAnswer } from "../../server/answers.ts";
import type { Known, Range } from "../figures/periods.ts";
import type { Frame } from "../state/frame.ts";
import type { Ask } from "../state/questions.ts";

type Week = CohortsAnswer["weeks"][number];

/** The installs of a week, or of all days of the period; lists have an entry for each day n since the install, 0 to 90. */
export interface Cohort {
  /** The Monday; undefined for all. */
  week: string | undefined;
  installDays: number[];
  /** Users of day 0, of the install days whose day n is over. */
  installed: number[];
  active: number[];
  wholeInstallDays: number[];
  wholeInstalled: number[];
  /** USD of days 0 to n. */
  revenue: number[];
}

export interface RetentionFigures {
  /** The install days. */
  range: Range;
  weeks: Cohort[];
  all: Cohort;
}

export const lastDayN = 90;
const dayNs = Array.from({ length: lastDayN + 1 }, (_, n) => n);

/** What became of the period's installs; undefined while the answer is missing. */
export function buildRetention(
  { selection, resolved: { range } }: Frame,
  { lastComplete, covered }: Known,
  ask: Ask,
): RetentionFigures | undefined {
  const { platform, countries } = selection;
  // Where no day is complete, those that are not count, as in all other figures.
  const until = lastComplete < covered.from ? undefined : lastComplete;
  const answer = ask.cohorts({ ...range, until, platform, countries });
  if (!answer) return undefined;
  const weeks = answer.weeks.map(toCohort);
  return { range, weeks, all: allOf(weeks) };
}

const toCohort = (week: Week): Cohort => ({
  week: week.week,
  installDays: week.install_days,
  installed: week.installed,
  active: week.active,
  wholeInstallDays: week.whole_install_days,
  wholeInstalled: week.whole_installed,
  revenue: week.revenue,
});

/** Sums / sums, never a mean of weeks: each install day counts for the day n that it has reached. */
function allOf(weeks: Cohort[]): Cohort {
  const sum = (name: Exclude<keyof Cohort, "week">) =>
    dayNs.map((n) => weeks.reduce((total, week) => total + (week[name][n] ?? 0), 0));
  return {
    week: undefined,
    installDays: sum("installDays"),
    installed: sum("installed"),
    active: sum("active"),
    wholeInstallDays: sum("wholeInstallDays"),
    wholeInstalled: sum("wholeInstalled"),
    revenue: sum("revenue"),
  };
}

/** Retention D*n*; null where no install day has reached day n, or nobody installed. */
export const retentionOf = ({ installed, active }: Cohort, n: number): number | null =>
  installed[n] ? (active[n] ?? 0) / installed[n] : null;

/** Cumulative LTV*n* in USD; null as for retention. */
export const ltvOf = ({ wholeInstalled, revenue }: Cohort, n: number): number | null =>
  wholeInstalled[n] ? (revenue[n] ?? 0) / wholeInstalled[n] : null;
