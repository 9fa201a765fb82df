import { apportion } from "./apportion.ts";
import { addDays, busyness } from "./calendar.ts";

export interface RawOptions {
  /** The folder of the parts; created when it does not exist. */
  out: string;
  /** In all parts together, without headers. */
  rows: number;
  days: number;
  /** The last day, as YYYY-MM-DD. */
  to: string;
  /** From 0 to 2^32 - 1; another seed gives other users. */
  seed: number;
}

export interface PlannedDay {
  day: string;
  /** Counted from the first day of the run, which is 0. */
  index: number;
  rows: number;
  parts: PlannedPart[];
}

export interface PlannedPart {
  name: string;
  /** The position of its first row in the day, from 0. */
  firstRow: number;
  rows: number;
}

const maxPartRows = 500_000;
const maxGroupRows = 250_000;

/** The days of a run with their rows and parts; a day without a row has no part. */
export function planDays({ rows, days, to }: Omit<RawOptions, "out" | "seed">): PlannedDay[] {
  const all = Array.from({ length: days }, (_, index) => addDays(to, index + 1 - days));
  const quotas = apportion(rows, all.map(busyness));
  return all.map((day, index) => ({
    day,
    index,
    rows: quotas[index] ?? 0,
    parts: planParts(day, quotas[index] ?? 0),
  }));
}

function planParts(day: string, rows: number): PlannedPart[] {
  const count = Math.ceil(rows / maxPartRows);
  return Array.from({ length: count }, (_, part) => ({
    name: count === 1 ? `${day}.csv.gz` : `${day}-${part + 1}.csv.gz`,
    firstRow: part * maxPartRows,
    rows: Math.min(maxPartRows, rows - part * maxPartRows),
  }));
}

/** Groups days with few rows, because each group has a cost of its own; a day with many is a group alone. */
export function groupDays(days: PlannedDay[]): PlannedDay[][] {
  const groups: PlannedDay[][] = [];
  let rows = 0;
  for (const day of days.filter((day) => day.rows > 0)) {
    const group = groups.at(-1);
    rows += day.rows;
    if (group && rows <= maxGroupRows) group.push(day);
    else {
      groups.push([day]);
      rows = day.rows;
    }
  }
  return groups;
}
