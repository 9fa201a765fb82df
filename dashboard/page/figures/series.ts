import { daysFrom } from "../../days.ts";
import type { Range } from "./periods.ts";
import type { Row } from "./read-answer.ts";
import { type Day, type Group, noSums, plusSums, type Sums } from "./sums.ts";

/**
 * Every day of a range with the sum of its rows: 0 on a day on which others were active, undefined on a day without figures of
 * anybody.
 */
export function seriesOf(rows: Row[], { from, to }: Range, daysWithFigures: ReadonlySet<string>): Day[] {
  const byDay = sumsBy(rows, ({ day }) => day);
  return daysFrom(from, to).map((name) => ({
    name,
    sums: byDay.get(name) ?? (daysWithFigures.has(name) ? { ...noSums, days: 1 } : undefined),
  }));
}

/** The sums of rows by one of their dimensions; `days` is the divisor of averages over days. */
export function groupsOf(
  rows: Row[],
  dimension: "country" | "platform" | "membership",
  days: number,
): Group[] {
  const groups = sumsBy(rows, (row) => row[dimension]);
  return [...groups].map(([name, sums]) => ({ name, sums: { ...sums, days } }));
}

function sumsBy(rows: Row[], keyOf: (row: Row) => string): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = sums.get(key);
    sums.set(key, known ? { ...plusSums(known, row.sums), days: row.sums.days } : row.sums);
  }
  return sums;
}
