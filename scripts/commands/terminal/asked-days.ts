import { firstDay, tomorrow } from "@clan-platform/contract/day.ts";
import type { DateRange } from "@clan-platform/warehouse/days.ts";
import { CliError } from "./cli-error.ts";

/**
 * The days from --from to --to; without one of them, from the first or to the last that there is. Days that can't have rows are left
 * out: --to 9999-12-31 would be nearly three million.
 * @throws {CliError} when there are none, with which every check would pass
 */
export function askedDays(covered: DateRange, from = covered.from_date, to = covered.to_date): DateRange {
  const there = `the raw table has days from ${covered.from_date} to ${covered.to_date}.`;
  if (from > to) throw new CliError(`--from ${from} is after --to ${to}: ${there}`);
  const [first, , , last] = [firstDay, tomorrow(), covered.from_date, covered.to_date].sort();
  if (first === undefined || last === undefined || to < first || last < from)
    throw new CliError(`No day from ${from} to ${to} can have rows: ${there}`);
  return { from_date: from < first ? first : from, to_date: to > last ? last : to };
}
