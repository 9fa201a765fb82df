import { addDays } from "@clan-platform/warehouse/days.ts";
import { apportion } from "./apportion.ts";
import { busyness } from "./calendar.ts";

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
    rows: Math.min(maxPartRows, rows - part * maxPartRows),
  }));
}
