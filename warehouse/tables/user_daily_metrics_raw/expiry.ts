import { addDays, type DateRange, today } from "../../days.ts";
import type { Warehouse } from "../../warehouse.ts";
import type { DerivedTable } from "../derived-tables.ts";
import { rawTable } from "../table.ts";

/**
 * How many days before today the first day is whose raw rows are there until a run ends. A partition expires so many days after
 * its own day began in UTC, or ended: https://cloud.google.com/bigquery/docs/managing-partitioned-tables#partition-expiration has
 * an example of the latter, and a sentence about `bq` of the former. This counts on the earlier, and a run may go on past midnight.
 */
const daysBack = (retentionDays: number) => retentionDays - 2;

/**
 * The condition, in SQL, on the days of a table that can't be computed from raw any more: of active_users, those too whose month
 * has begun before. Without a project's time zone in it.
 */
export const expiredDays = ({ daysAfter }: DerivedTable, retentionDays: number): string =>
  `event_date < date_sub(date(current_timestamp(), 'UTC'), interval ${daysBack(retentionDays) - daysAfter} day)`;

/** The first day whose raw rows can't expire while a command runs; undefined when they are kept forever. */
export async function firstKeptDay(warehouse: Warehouse, now = today()): Promise<string | undefined> {
  const days = await warehouse.partitionsKeptFor(rawTable);
  return days === undefined ? undefined : addDays(now, -daysBack(days));
}

/** Days from a first one on; undefined when all are before it. */
export function notBefore(first: string | undefined, days: DateRange): DateRange | undefined {
  if (first === undefined || days.from_date >= first) return days;
  return days.to_date < first ? undefined : { ...days, from_date: first };
}
