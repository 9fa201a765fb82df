import { pairedDays } from "./like-for-like.ts";
import type { Measure } from "./measure.ts";
import type { Day } from "./sums.ts";

/** Fewer standard errors than this are noise: about 95 % of the differences between two halves of steady figures. */
const standardErrors = 2;
/** A day this many standard deviations from all the others stands out. */
const deviations = 5;

export interface Noise {
  kind: "unknown" | "noise" | "opposed" | "signal" | "one day";
  /** The difference of the daily means in standard errors; infinite if the days don't vary. */
  size: number;
  /** The day that stands out. */
  day?: string;
}

/**
 * Whether a change is within the day-to-day variation of both periods.
 *
 * The daily means m differ by t = |m₁ − m₀| / √(s₁²/n₁ + s₀²/n₀) standard errors, where s² is the variance of the daily values
 * (divisor n − 1) and n their number: the statistic of B. L. Welch, "The generalization of 'Student's' problem when several
 * different population variances are involved", Biometrika 34 (1947), doi:10.1093/biomet/34.1-2.28. t ≤ 2 is noise. The daily means of a
 * ratio may also move against the ratio of the sums, when busy days count more: opposed.
 *
 * One day has no spread: unknown. A single extreme day inflates the very spread that it is measured by (t stays near 1,
 * however extreme it is), and so a day more than 5 standard deviations from all the others is never called noise.
 */
export function noiseOf(
  measure: Measure,
  series: { now: Day[]; before: Day[] },
  direction: "up" | "down",
): Noise {
  const paired = pairedDays(series.now, series.before);
  const now = valuesOf(measure, paired.now);
  const before = valuesOf(measure, paired.before);
  if (now.length < 2 || before.length < 2) return { kind: "unknown", size: 0 };
  const sign = direction === "up" ? 1 : -1;
  const [a, b] = [spreadOf(now), spreadOf(before)];
  const difference = sign * (a.mean - b.mean);
  const error = Math.sqrt(a.variance / now.length + b.variance / before.length);
  const size = difference === 0 ? 0 : Math.abs(difference) / error;
  if (difference > 0 && size > standardErrors) return { kind: "signal", size };
  const day = outstandingDay(now, before, sign);
  if (day) return { kind: "one day", size, day };
  return { kind: difference < 0 ? "opposed" : "noise", size };
}

interface Value {
  day: string;
  value: number;
}

function valuesOf(measure: Measure, days: Day[]): Value[] {
  return days.flatMap(({ name, sums }) => {
    const value = sums ? measure.value(sums) : null;
    return value === null ? [] : [{ day: name, value }];
  });
}

function spreadOf(values: Value[]): { mean: number; variance: number } {
  const mean = values.reduce((total, { value }) => total + value, 0) / values.length;
  const squares = values.reduce((total, { value }) => total + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

/** The day that pulls in the direction of the change more than any other, if it is far from all the others. */
function outstandingDay(now: Value[], before: Value[], sign: number): string | undefined {
  const all = [...now, ...before];
  if (all.length < 6) return undefined;
  const { mean } = spreadOf(all);
  const pulls = all.map(({ value }, at) => (at < now.length ? sign : -sign) * (value - mean));
  const found = pulls.indexOf(Math.max(...pulls));
  const candidate = all[found] as Value;
  const others = spreadOf(all.toSpliced(found, 1));
  const distance = Math.abs(candidate.value - others.mean);
  return distance > deviations * Math.sqrt(others.variance) ? candidate.day : undefined;
}
