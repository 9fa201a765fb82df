import { CliError } from "../commands/terminal/cli-error.ts";
import { earliestEnd } from "../synthetic-data/plan.ts";

/** What a first start generates, in addition to its number of rows and its last day. */
export const syntheticRun = { days: 30, seed: 1 };

/**
 * The last day of a run that begins now.
 * @throws {CliError} when the contract would refuse its rows: a machine without a clock battery boots in 1970
 */
export function lastSyntheticDay(yesterday: string): string {
  const first = earliestEnd(syntheticRun.days);
  if (yesterday >= first) return yesterday;
  throw new CliError(
    `The clock of this machine says that yesterday was ${yesterday}, and synthetic activity ends on ${first} at the earliest: set the clock, and start again: with --fresh, unless DATABASE_URL is set.`,
  );
}
