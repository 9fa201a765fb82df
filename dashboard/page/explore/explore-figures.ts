import { addDays, countDays, daysFrom } from "../../days.ts";
import { type Measure, measureOf } from "../figures/measures.ts";
import { daysText } from "../figures/names.ts";
import type { Known, Range } from "../figures/periods.ts";
import type { Row } from "../figures/read-answer.ts";
import { seriesOf } from "../figures/series.ts";
import { type Day, minusSums, noSums, plusSums, type Sums, sumOf } from "../figures/sums.ts";
import type { Address, Grain } from "../state/address.ts";
import { daysWithFigures, lastDrawn, lastWhole } from "../state/asked-days.ts";
import type { Frame } from "../state/frame.ts";
import type { AskFigures } from "../state/questions.ts";

/** A line of the chart: a platform, a country, the rest of them, members or others, or all. */
export interface Line {
  /** Undefined for all, and `rest` for the other countries. */
  name: string | undefined;
  points: Day[];
}

/** The days of the baseline that those of a point are compared with: the first, the last, and the sums of those with figures. */
export interface ComparedPoint extends Day {
  last: string;
}

export interface ExploreFigures {
  measure: Measure;
  grain: Grain;
  /** The first days of all points. */
  points: string[];
  /** None where a split has no rows to split. */
  lines: Line[];
  /** What each point is compared with; without a split alone. */
  before: ComparedPoint[];
  /** Points that lack a day, which is not over, not in the period or without figures; by name. */
  partial: ReadonlySet<string>;
}

/** How many countries have a line of their own, unless others are chosen. */
export const maxLines = 5;
export const rest = "rest";

/** One measure over time; undefined while an answer is missing. */
export function buildExplore(
  { metric, split, grain }: Address,
  { selection, resolved }: Frame,
  known: Known,
  ask: AskFigures,
): ExploreFigures | undefined {
  const { platform, countries } = selection;
  const { range, before } = resolved;
  const drawn = { from: range.from, to: lastDrawn(resolved) };
  const withFigures = daysWithFigures(resolved, known);
  const all = ask({ ...drawn, by: ["day"], grain, platform, countries });
  // By day: a week or month of the baseline's calendar has other days than those that a point is compared with.
  const then = before && split === "none" ? ask({ ...before, by: ["day"], platform, countries }) : undefined;
  const shown = split === "country" ? shownCountries(countries, { ...range, platform }, ask) : countries;
  const parts =
    split !== "none" && shown
      ? ask({ ...drawn, by: ["day", split], grain, platform, countries: shown })
      : undefined;
  if (!all || !shown) return undefined;
  if (split === "none" ? before && !then : !parts) return undefined;

  const points = pointsOf(drawn, grain);
  const lastWholeDay = lastWhole(resolved);
  // Days of the baseline may be of the same week or month.
  const daysIn = countDaysBy(withFigures, drawn, grain);
  const whole = { name: undefined, points: fill(all.rows, points, daysIn) };
  const lines = parts && split !== "none" ? linesBy(split, parts.rows, points, daysIn) : [whole];
  if (split === "country" && countries.length === 0 && lines.length > 0) lines.push(restOf(whole, lines));
  return {
    measure: measureOf(metric),
    grain,
    points,
    lines,
    before: before && then ? comparedPoints(seriesOf(then.rows, before, withFigures), range, grain) : [],
    partial: new Set(points.filter((point) => isPartial(point, grain, daysIn, lastWholeDay))),
  };
}

function linesBy(
  split: "platform" | "country" | "membership",
  rows: Row[],
  points: string[],
  daysIn: Map<string, number>,
): Line[] {
  const names = [...new Set(rows.map((row) => row[split]))];
  return names.map((name) => ({
    name,
    points: fill(
      rows.filter((row) => row[split] === name),
      points,
      daysIn,
    ),
  }));
}

/** The chosen countries, or those with the most players. */
function shownCountries(
  chosen: string[],
  { from, to, platform }: { from: string; to: string; platform: string | undefined },
  ask: AskFigures,
): string[] | undefined {
  if (chosen.length > 0) return chosen;
  const answer = ask({ from, to, by: ["country"], platform });
  return answer?.rows
    .toSorted((a, b) => b.sums.dau - a.sums.dau)
    .slice(0, maxLines)
    .map(({ country }) => country);
}

/** What the shown lines leave of all: every column is additive. */
function restOf(all: Line, shown: Line[]): Line {
  const points = all.points.map(({ name, sums }, at) => ({
    name,
    sums: sums && { ...minusSums(sums, sumAt(shown, at)), days: sums.days },
  }));
  return { name: rest, points };
}

const sumAt = (lines: Line[], at: number): Sums =>
  lines.reduce((sums, { points }) => plusSums(sums, points[at]?.sums ?? noSums), noSums);

/** The sums of every point: 0 where others were active, undefined without figures of anybody. */
function fill(rows: Row[], points: string[], daysIn: Map<string, number>): Day[] {
  const sums = new Map(rows.map((row) => [row.day, row.sums]));
  return points.map((name) => {
    const days = daysIn.get(name) ?? 0;
    const found = sums.get(name) ?? (days > 0 ? noSums : undefined);
    return { name, sums: found && { ...found, days } };
  });
}

/** The days of a baseline under the points of the days that they are compared with, the first with the first and so on. */
function comparedPoints(before: Day[], { from, to }: Range, grain: Grain): ComparedPoint[] {
  const points = new Map<string, Day[]>();
  for (const [at, day] of daysFrom(from, to).entries()) {
    const point = startOf(day, grain);
    points.set(point, [...(points.get(point) ?? []), before[at] as Day]);
  }
  return [...points.values()].map((days) => ({
    name: days[0]?.name ?? "",
    last: days.at(-1)?.name ?? "",
    sums: days.some(({ sums }) => sums) ? sumOf(days) : undefined,
  }));
}

/** `6 days` where a point is compared with fewer or more days that have figures than it has itself; empty otherwise. */
export const daysComparedText = (before: Sums | undefined, now: Sums | undefined): string =>
  before && now && before.days !== now.days ? daysText(before.days) : "";

/** How many days of a range have figures, by point. */
function countDaysBy(days: ReadonlySet<string>, { from, to }: Range, grain: Grain): Map<string, number> {
  const counts = new Map<string, number>();
  for (const day of days) {
    if (day < from || day > to) continue;
    const point = startOf(day, grain);
    counts.set(point, (counts.get(point) ?? 0) + 1);
  }
  return counts;
}

/** The first day of the week (Monday) or month of a day. */
export function startOf(day: string, grain: Grain): string {
  if (grain === "day") return day;
  if (grain === "month") return `${day.slice(0, 7)}-01`;
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

const nextOf = (point: string, grain: Grain): string =>
  grain === "day"
    ? addDays(point, 1)
    : grain === "week"
      ? addDays(point, 7)
      : startOf(addDays(point, 31), "month");

const pointsOf = ({ from, to }: Range, grain: Grain): string[] => [
  ...new Set(daysFrom(from, to).map((day) => startOf(day, grain))),
];

/** Whether a point lacks days: they have no figures, are not in the range, or are not over. A day without figures is a gap in the line. */
function isPartial(point: string, grain: Grain, daysIn: Map<string, number>, lastWholeDay: string): boolean {
  const last = addDays(nextOf(point, grain), -1);
  if (last > lastWholeDay) return true;
  return grain !== "day" && (daysIn.get(point) ?? 0) < countDays(point, last);
}
