/** Activity of a day relative to a mean one; `sinceFirst` is the number of days since the first one of a run, and may be negative. */
export type Busyness = (day: string, sinceFirst: number) => number;

const growthPerDay = 0.001;

/** From Sunday on: people play more on weekends. */
const weekly =
  (weekdays: readonly number[]): Busyness =>
  (day, sinceFirst) =>
    (weekdays[new Date(Date.parse(day)).getUTCDay()] ?? 1) * (1 + growthPerDay * sinceFirst);

export const busyness = weekly([1.13, 0.98, 0.97, 0.97, 1, 1.05, 1.15]);

/** With weekends that stand out more. */
export const peakedBusyness = weekly([1.13, 0.93, 0.92, 0.92, 0.94, 1, 1.17]);
