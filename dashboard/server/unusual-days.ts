import { unusualDaysSql } from "@clan-platform/warehouse/tables/daily_metrics/unusual-days.ts";
import type { Days, Row } from "@clan-platform/warehouse/warehouse.ts";
import { addDays } from "../days.ts";
import type { UnusualAnswer } from "./answers.ts";
import type { Source } from "./source.ts";

const maxShown = 50;

// Of two that are as important, the one that says more comes first.
const scopes = ["all", "platform", "country"];

// Thirty days take a few tenths of a second; three years would hold the local warehouse for seconds.
const daysPerRead = 30;

type UnusualDay = UnusualAnswer["days"][number];
interface UnusualRow extends Row {
  event_date: string;
  scope: string;
  name: string;
  importance: number;
}

/** The figures of these days that are far from the usual ones, the most important first. */
export async function readUnusualDays(
  source: Source,
  { from, to }: { from: string; to: string },
): Promise<UnusualDay[]> {
  const periods = source.maxHoldMs === undefined ? [{ from_date: from, to_date: to }] : readsOf(from, to);
  const rows: UnusualRow[] = [];
  for (const period of periods) {
    rows.push(
      ...(await source.withWarehouse((warehouse) => warehouse.query<UnusualRow>(unusualDaysSql, period))),
    );
  }
  return mostImportant(rows).map(
    ({ event_date, importance: _, ...figures }) => ({ day: event_date, ...figures }) as unknown as UnusualDay,
  );
}

function readsOf(from: string, to: string): Days[] {
  const reads: Days[] = [];
  for (let first = from; first <= to; first = addDays(first, daysPerRead)) {
    const last = addDays(first, daysPerRead - 1);
    reads.push({ from_date: first, to_date: last < to ? last : to });
  }
  return reads;
}

/**
 * By importance, but first one row of each day and metric: an incident that shows in every country would hide the
 * others.
 */
function mostImportant(rows: UnusualRow[]): UnusualRow[] {
  const sorted = rows.toSorted(
    (a, b) =>
      b.importance - a.importance ||
      b.event_date.localeCompare(a.event_date) ||
      scopes.indexOf(a.scope) - scopes.indexOf(b.scope) ||
      `${a.name} ${a.metric}`.localeCompare(`${b.name} ${b.metric}`),
  );
  const seen = new Set<string>();
  const isFirst = ({ event_date, metric }: UnusualRow) => {
    const incident = `${event_date} ${metric}`;
    return !seen.has(incident) && seen.add(incident);
  };
  const { first = [], others = [] } = Object.groupBy(sorted, (row) => (isFirst(row) ? "first" : "others"));
  return [...first, ...others].slice(0, maxShown);
}
