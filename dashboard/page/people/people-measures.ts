import { noValue } from "../figures/measure.ts";
import { daysText } from "../figures/names.ts";
import type { People, PeopleDay } from "./people-figures.ts";

/** A number of distinct users, or a share of them. */
export interface PeopleMeasure {
  key: string;
  label: string;
  meaning: string;
  value(people: People): number | null;
  /** How many days it looks at. */
  window: number;
  isShare?: boolean;
}

const integer = new Intl.NumberFormat("en-US");
const percent = new Intl.NumberFormat("en-US", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

const measure = (
  key: string,
  label: string,
  meaning: string,
  window: number,
  value: PeopleMeasure["value"],
): PeopleMeasure => ({ key, label, meaning, window, value });

export const dau = measure("dau", "DAU", "distinct users on the day", 1, (people) => people.dau);
export const wau = measure(
  "wau",
  "WAU",
  "distinct users in the 7 days to the day",
  7,
  (people) => people.wau,
);
export const mau = measure(
  "mau",
  "MAU",
  "distinct users in the 30 days to the day",
  30,
  (people) => people.mau,
);
export const stickiness: PeopleMeasure = {
  key: "stickiness",
  label: "Stickiness",
  meaning: "DAU / MAU",
  window: 30,
  value: (people) => (people.mau === 0 ? null : people.dau / people.mau),
  isShare: true,
};
export const newUsers = measure(
  "new_users",
  "New users",
  "of the day's users, those who installed on it",
  1,
  (people) => people.new_users,
);
export const returning = measure(
  "returning_users",
  "Returning users",
  "of the day's users, those who installed earlier",
  1,
  (people) => people.returning_users,
);
export const resurrected = measure(
  "resurrected_users",
  "Resurrected users",
  "of the returning users, those not active in the 29 days before",
  30,
  (people) => people.resurrected_users,
);
const payers = measure(
  "payers",
  "Payers",
  "of the day's users, those with an in-app purchase on it",
  1,
  (people) => people.payers,
);

export const peopleMeasures = [dau, wau, mau, stickiness, newUsers, returning, resurrected, payers];

/** Null where there is none, and where the data has fewer days than the measure looks at. */
export const peopleValue = (
  { value, window }: PeopleMeasure,
  { people, history }: PeopleDay,
): number | null => (people && history >= window ? value(people) : null);

/** A dash where there is none. */
export function peopleText(measure: PeopleMeasure, day: PeopleDay): string {
  const value = peopleValue(measure, day);
  if (value === null) return noValue;
  return measure.isShare ? percent.format(value) : integer.format(value);
}

/** How many of the days that a figure looks at the data lacks. */
export const missingDays = (measure: PeopleMeasure, day: PeopleDay): number =>
  peopleValue(measure, day) === null ? 0 : day.missing.filter((age) => age < measure.window).length;

/** `1 of 30 days missing`; empty where the figure has all days that it looks at. */
export function missingText(measure: PeopleMeasure, day: PeopleDay): string {
  const count = missingDays(measure, day);
  return count === 0 ? "" : `${count} of ${daysText(measure.window)} missing`;
}

/** With how many of its days are missing: `24,653 (1 of 30 days missing)`. */
export function peopleTextWithMissing(measure: PeopleMeasure, day: PeopleDay): string {
  const missing = missingText(measure, day);
  return `${peopleText(measure, day)}${missing && ` (${missing})`}`;
}

/** With every digit, for CSV. */
export const peopleDigits = (measure: PeopleMeasure, day: PeopleDay): string =>
  String(peopleValue(measure, day) ?? "");
