import { addDays } from "../../days.ts";

export interface Range {
  from: string;
  to: string;
}

/**
 * The last day whose figures are final, from the moments of the last runs (ISO, or null for never).
 *
 * A day is complete when it is over in UTC and a sync or load finished after its end. A warehouse that was never synced
 * holds only loaded files, which are exports of whole days: there, every day before today is complete. May be before
 * the first covered day: nothing is complete then. The run of `daily_metrics` doesn't count: a sync without new
 * activity leaves that table unwritten, and completes a day all the same.
 */
export function lastCompleteDay(
  now: Date,
  runs: { name: string; at: string | null }[],
  covered: Range,
): string {
  const yesterday = addDays(utcDay(now), -1);
  const sync = finishedAt(runs, "sync");
  if (sync === undefined) return earliest(covered.to, yesterday);
  const newest = new Date(Math.max(sync, finishedAt(runs, "load") ?? sync));
  return earliest(covered.to, yesterday, addDays(utcDay(newest), -1));
}

const finishedAt = (runs: { name: string; at: string | null }[], name: string): number | undefined => {
  const at = runs.find((run) => run.name === name)?.at;
  return at ? Date.parse(at) : undefined;
};

const utcDay = (moment: Date): string => moment.toISOString().slice(0, 10);

export const earliest = (...days: [string, ...string[]]): string => days.reduce((a, b) => (a < b ? a : b));
export const latest = (...days: [string, ...string[]]): string => days.reduce((a, b) => (a > b ? a : b));
