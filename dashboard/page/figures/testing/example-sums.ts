import fc from "fast-check";
import { addDays } from "../../../days.ts";
import type { Money } from "../money.ts";
import type { Day, Sums } from "../sums.ts";

const usd = (whole: number): Money => ({ whole, billionths: 0 });

/** Plausible sums of a day with 1,000 daily active users. */
export const typical: Sums = {
  dau: 1000,
  iap: usd(200),
  ad: usd(50),
  started: 5000,
  ended: 4800,
  victories: 2400,
  defeats: 2300,
  errors: 20,
  payers: 40,
  newUsers: 100,
  sessions: 3000,
  sessionDuration: usd(900_000),
  days: 1,
};

export const sumsWith = (some: Partial<Sums>): Sums => ({ ...typical, ...some });

/** A series of consecutive days; undefined is a day without figures. */
export const series = (first: string, days: (Partial<Sums> | undefined)[]): Day[] =>
  days.map((some, at) => ({ name: addDays(first, at), sums: some && sumsWith(some) }));

const count = fc.integer({ min: 0, max: 1_000_000 });
const amount = fc.record({ whole: count, billionths: fc.integer({ min: 0, max: 999_999_999 }) });

/** Any sums of one day, zeros included. */
export const anySums: fc.Arbitrary<Sums> = fc.record({
  dau: count,
  iap: amount,
  ad: amount,
  started: count,
  ended: count,
  victories: count,
  defeats: count,
  errors: count,
  payers: count,
  newUsers: count,
  sessions: count,
  sessionDuration: amount,
  days: fc.constant(1),
});
