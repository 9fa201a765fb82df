const msPerDay = 86_400_000;
// From Sunday on: people play more on weekends.
const weekdays = [1.13, 0.98, 0.97, 0.97, 1, 1.05, 1.15];
const growthPerDay = 0.001;

/** The day `count` days after another one, as YYYY-MM-DD. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * msPerDay).toISOString().slice(0, 10);
}

/** Yesterday in UTC, the last day that is over. */
export function yesterday(): string {
  return addDays(new Date().toISOString().slice(0, 10), -1);
}

/** How busy a day is relative to others; `sinceFirst` counts the days since the first one of a run, and may be negative. */
export function busyness(day: string, sinceFirst: number): number {
  return (weekdays[new Date(Date.parse(day)).getUTCDay()] ?? 1) * (1 + growthPerDay * sinceFirst);
}
