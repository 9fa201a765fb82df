import { addDays, daysFrom } from "../../days.ts";
import type { Known, Range, Resolved } from "../figures/periods.ts";
import type { AskFigures } from "./questions.ts";

/** The last day that is drawn: days that are not over follow the counted ones. */
export const lastDrawn = ({ range, incomplete }: Resolved): string => incomplete.at(-1) ?? range.to;

/** The last counted day that is over; before the range if none of its days is. */
export const lastWhole = ({ range, incomplete }: Resolved): string =>
  incomplete[0] === undefined ? range.to : addDays(incomplete[0], -1);

/** The days of the period and of its baseline on which anybody has figures. */
export function daysWithFigures(resolved: Resolved, { covered, missing }: Known): ReadonlySet<string> {
  const { range, before } = resolved;
  const days = [{ from: range.from, to: lastDrawn(resolved) }, ...(before ? [before] : [])].flatMap(
    ({ from, to }) => daysFrom(from, to),
  );
  const without = new Set(missing);
  return new Set(days.filter((day) => day >= covered.from && day <= covered.to && !without.has(day)));
}

/** Every country that has figures in the range. */
export const allCountries = ({ from, to }: Range, ask: AskFigures): string[] | undefined =>
  ask({ from, to, by: ["country"] })?.rows.map(({ country }) => country);
