// From Sunday on: people play more on weekends.
const weekdays = [1.13, 0.98, 0.97, 0.97, 1, 1.05, 1.15];
const growthPerDay = 0.001;

/** Activity of a day relative to a mean one; `sinceFirst` is the number of days since the first one of a run, and may be negative. */
export function busyness(day: string, sinceFirst: number): number {
  return (weekdays[new Date(Date.parse(day)).getUTCDay()] ?? 1) * (1 + growthPerDay * sinceFirst);
}
