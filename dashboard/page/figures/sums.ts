import { type Money, minus, plus } from "./money.ts";

/** The sums of a group of rows of daily_metrics; every figure of the page is computed from one. */
export interface Sums {
  dau: number;
  iap: Money;
  ad: Money;
  started: number;
  ended: number;
  victories: number;
  defeats: number;
  errors: number;
  payers: number;
  newUsers: number;
  sessions: number;
  /** Seconds. */
  sessionDuration: Money;
  /** The days that have figures in any row: the divisor of an average over days. */
  days: number;
}

/** A day of a series; `sums` is undefined where the warehouse has no figures of the day at all. */
export interface Day {
  name: string;
  sums: Sums | undefined;
}

/** The sums of one platform or country. */
export interface Group {
  name: string;
  sums: Sums;
}

const nothing: Money = { whole: 0, billionths: 0 };
export const noSums: Sums = {
  dau: 0,
  iap: nothing,
  ad: nothing,
  started: 0,
  ended: 0,
  victories: 0,
  defeats: 0,
  errors: 0,
  payers: 0,
  newUsers: 0,
  sessions: 0,
  sessionDuration: nothing,
  days: 0,
};

/** The sums of the days that have figures; `days` is their number. */
export const sumOf = (days: Day[]): Sums =>
  days.reduce((total, { sums }) => (sums ? plusSums(total, sums) : total), noSums);

/** Exact. Adds the days too, which is right for different days; groups of the same days have those days only once. */
export const plusSums = (a: Sums, b: Sums): Sums => combine(a, b, (x, y) => x + y, plus);

/** Exact, and negative where b is greater. */
export const minusSums = (a: Sums, b: Sums): Sums => combine(a, b, (x, y) => x - y, minus);

/** The sums of groups of the same days. */
export const sumOfGroups = (groups: Group[]): Sums =>
  groups.reduce(
    (total, { sums }) => ({ ...plusSums(total, sums), days: Math.max(total.days, sums.days) }),
    noSums,
  );

function combine(
  a: Sums,
  b: Sums,
  numbers: (x: number, y: number) => number,
  money: (x: Money, y: Money) => Money,
): Sums {
  return {
    dau: numbers(a.dau, b.dau),
    iap: money(a.iap, b.iap),
    ad: money(a.ad, b.ad),
    started: numbers(a.started, b.started),
    ended: numbers(a.ended, b.ended),
    victories: numbers(a.victories, b.victories),
    defeats: numbers(a.defeats, b.defeats),
    errors: numbers(a.errors, b.errors),
    payers: numbers(a.payers, b.payers),
    newUsers: numbers(a.newUsers, b.newUsers),
    sessions: numbers(a.sessions, b.sessions),
    sessionDuration: money(a.sessionDuration, b.sessionDuration),
    days: numbers(a.days, b.days),
  };
}
