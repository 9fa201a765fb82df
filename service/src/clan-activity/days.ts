const msPerDay = 86_400_000;
const toDay = (time: number) => new Date(time).toISOString().slice(0, 10);

/** Today in UTC, as YYYY-MM-DD. */
export const today = (): string => toDay(Date.now());

/** The day `count` days after another. */
export const dayAfter = (day: string, count: number): string => toDay(Date.parse(day) + count * msPerDay);

/** How many days after the first day the second is. */
export const daysBetween = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / msPerDay;
