import { noValue } from "../figures/measure.ts";
import type { People } from "./people-figures.ts";

/** A number of distinct users, or a share of them. */
export interface PeopleMeasure {
  key: string;
  label: string;
  meaning: string;
  value(people: People): number | null;
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
  of: (people: People) => number,
): PeopleMeasure => ({
  key,
  label,
  meaning,
  value: of,
});

export const dau = measure("dau", "DAU", "distinct users on the day", (people) => people.dau);
export const wau = measure("wau", "WAU", "distinct users in the 7 days to the day", (people) => people.wau);
export const mau = measure("mau", "MAU", "distinct users in the 30 days to the day", (people) => people.mau);
export const stickiness: PeopleMeasure = {
  key: "stickiness",
  label: "Stickiness",
  meaning: "DAU / MAU",
  value: (people) => (people.mau === 0 ? null : people.dau / people.mau),
  isShare: true,
};
export const newUsers = measure(
  "new_users",
  "New users",
  "of the day's users, those who installed on it",
  (people) => people.new_users,
);
export const returning = measure(
  "returning_users",
  "Returning users",
  "of the day's users, those who installed earlier",
  (people) => people.returning_users,
);
export const resurrected = measure(
  "resurrected_users",
  "Resurrected users",
  "of the returning users, those not active in the 29 days before",
  (people) => people.resurrected_users,
);
export const payers = measure(
  "payers",
  "Payers",
  "of the day's users, those with an in-app purchase on it",
  (people) => people.payers,
);

export const peopleMeasures = [dau, wau, mau, stickiness, newUsers, returning, resurrected, payers];

export const peopleValue = ({ value }: PeopleMeasure, people: People | undefined): number | null =>
  people ? value(people) : null;

/** A dash where there is none. */
export function peopleText(of: PeopleMeasure, people: People | undefined): string {
  const value = peopleValue(of, people);
  if (value === null) return noValue;
  return of.isShare ? percent.format(value) : integer.format(value);
}

/** With every digit, for CSV. */
export const peopleDigits = (of: PeopleMeasure, people: People | undefined): string =>
  String(peopleValue(of, people) ?? "");
