import { noValue } from "../figures/measure.ts";
import { dayText } from "../figures/names.ts";
import type { Cohort } from "./retention-figures.ts";

const percent = new Intl.NumberFormat("en-US", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const dollars = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits: 4,
});

export const percentText = (value: number | null): string =>
  value === null ? noValue : percent.format(value);
export const ltvText = (value: number | null): string => (value === null ? noValue : dollars.format(value));
export const digits = (value: number | null): string => String(value ?? "");

/** `Week of 2 Mar 2026`, `All installs` */
export const cohortName = ({ week }: Cohort): string => (week ? `Week of ${dayText(week)}` : "All installs");

/** `5 of 7 days`: how many install days of a cohort have reached day n. */
export const reachedText = ({ installDays }: Cohort, n: number): string =>
  `${installDays[n] ?? 0} of ${installDays[0] ?? 0} install days`;
