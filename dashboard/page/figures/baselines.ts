import { addDays, countDays } from "../../days.ts";
import type { Range } from "./complete-days.ts";

export const baselines = ["weekdays", "previous", "month", "year", "none"] as const;
export type Baseline = (typeof baselines)[number];

/**
 * The range of the same number of days that a range is compared with; it never overlaps it.
 *
 * - `weekdays`: the fewest whole weeks earlier, so that Mondays meet Mondays (7 days: 1 week, 30 days: 5 weeks)
 * - `previous`: the days immediately before
 * - `month`, `year`: ends on the same date a month or a year earlier, or on the last day of a shorter month (31 March,
 *   30 March and 29 March: 28 February; 29 February: 28 February a year earlier). The number of days is kept, so the first day
 *   is another date where months differ in length: 1–31 March is compared with 29 January–28 February. Undefined
 *   where the range is longer than what lies between the two ends.
 */
export function baselineOf(range: Range, baseline: Exclude<Baseline, "none">): Range | undefined {
  const days = countDays(range.from, range.to);
  const to = addDays(range.to, -distanceOf(range, days, baseline));
  return to < range.from ? { from: addDays(to, 1 - days), to } : undefined;
}

function distanceOf({ to }: Range, days: number, baseline: Exclude<Baseline, "none">): number {
  if (baseline === "weekdays") return 7 * Math.ceil(days / 7);
  if (baseline === "previous") return days;
  return countDays(monthsBefore(to, baseline === "month" ? 1 : 12), to) - 1;
}

/** The same date some months earlier, or the last day of that month if it is shorter. */
function monthsBefore(day: string, months: number): string {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - months];
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const found = Date.UTC(year, month, Math.min(date.getUTCDate(), lastOfMonth));
  return new Date(found).toISOString().slice(0, 10);
}
