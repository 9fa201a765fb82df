import type { DateRange } from "@clan-platform/warehouse/days.ts";
import { CliError } from "./cli-error.ts";

/**
 * The days from --from to --to; without one of them, from the first or to the last that there is.
 * @throws {CliError} when these are none, which every check would pass
 */
export function askedDays(covered: DateRange, from = covered.from_date, to = covered.to_date): DateRange {
  if (from <= to) return { from_date: from, to_date: to };
  throw new CliError(
    `--from ${from} is after --to ${to}: the raw table has days from ${covered.from_date} to ${covered.to_date}.`,
  );
}
