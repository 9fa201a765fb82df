import { firstDay } from "@clan-platform/contract/day.ts";
import { addDays } from "@clan-platform/warehouse/days.ts";
import { apportion } from "./apportion.ts";
import { type Busyness, busyness as usualBusyness } from "./calendar.ts";
import { maxAge } from "./retention.ts";
import type { ShapeName } from "./shape-names.ts";

export interface RawOptions {
  /** The folder of the parts; it is made when it is not there. */
  out: string;
  /** In all parts together, their headers not counted. */
  rows: number;
  days: number;
  /** The last day, as YYYY-MM-DD. */
  to: string;
  /** From 0 to 2^32 - 1; another one gives other users. */
  seed: number;
  /** `contract` when it is not given. */
  shape?: ShapeName;
  /** Whether the parts are csv.gz, as when it is not given, or csv. */
  packed?: boolean;
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
  rows: number;
}

const maxPartRows = 500_000;

/** The first day on which a run may end: the contract bounds the days, and the first installs are a year before the first day. */
export const earliestEnd = (days: number): string => addDays(firstDay, maxAge + days - 1);

/** The days of a run with their rows and parts; a day without a row has no part. */
export function planDays(
  { rows, days, to }: Pick<RawOptions, "rows" | "days" | "to">,
  busyness: Busyness = usualBusyness,
): PlannedDay[] {
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
    rows: Math.min(maxPartRows, rows - part * maxPartRows),
  }));
}

/** A file with rows of some days. */
export interface PlannedFile {
  name: string;
  slices: { day: PlannedDay; rows: number }[];
}

/** A file for each part of a day. */
export const filesByDay = (days: PlannedDay[]): PlannedFile[] =>
  days.flatMap((day) => day.parts.map(({ name, rows }) => ({ name, slices: [{ day, rows }] })));

/** So many files of about the same size, each with rows of every day, named as an export names them. */
export function filesAcrossDays(days: PlannedDay[], count: number): PlannedFile[] {
  const shares = days.map(({ rows }) => apportion(rows, Array<number>(count).fill(1)));
  return Array.from({ length: count }, (_, file) => ({
    name: `${String(file).padStart(12, "0")}.csv.gz`,
    slices: days.map((day, index) => ({ day, rows: shares[index]?.[file] ?? 0 })),
  }));
}
