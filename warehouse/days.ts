const msPerDay = 86_400_000;

/** An inclusive range of days (UTC, YYYY-MM-DD); the names are those of the parameters of the warehouse's queries. */
export type DateRange = { from_date: string; to_date: string };

/**
 * Every day that the tables can have rows for. The raw table is only read with a filter on its partitions, and this one
 * filters nothing out.
 */
export const allDays: DateRange = { from_date: "2000-01-01", to_date: "2999-12-31" };

/** The day `count` days after a day, both YYYY-MM-DD; a negative count goes back. */
export const addDays = (day: string, count: number): string => toDay(daysSinceEpoch(day) + count);

/** How many days a range has, both ends included; 0 or less when it ends before it starts. */
export const countDays = ({ from_date, to_date }: DateRange): number =>
  daysSinceEpoch(to_date) - daysSinceEpoch(from_date) + 1;

/** Days in their order as date ranges without a gap. */
export function toDateRanges(days: string[]): DateRange[] {
  const ranges: DateRange[] = [];
  for (const day of days) {
    const last = ranges.at(-1);
    if (last && addDays(last.to_date, 1) === day) last.to_date = day;
    else ranges.push({ from_date: day, to_date: day });
  }
  return ranges;
}

/** A range as ranges of at most so many days. */
export function splitRange({ from_date, to_date }: DateRange, maxDays: number): DateRange[] {
  const ranges: DateRange[] = [];
  for (let first = from_date; first <= to_date; first = addDays(first, maxDays)) {
    const last = addDays(first, maxDays - 1);
    ranges.push({ from_date: first, to_date: last < to_date ? last : to_date });
  }
  return ranges;
}

/** Today in UTC. */
export const today = (): string => toDay(Math.floor(Date.now() / msPerDay));

/** Yesterday in UTC, the last complete day. */
export const yesterday = (): string => addDays(today(), -1);

/** A day as the number of days since 1970-01-01, as GoogleSQL's `unix_date`. */
export const daysSinceEpoch = (day: string): number => Date.parse(`${day}T00:00:00Z`) / msPerDay;

/** The day of a number of days since 1970-01-01. */
export const toDay = (days: number): string => new Date(days * msPerDay).toISOString().slice(0, 10);
