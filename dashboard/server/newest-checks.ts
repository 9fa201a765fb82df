import { type Check, checks, runCheck } from "@clan-platform/warehouse/checks.ts";
import type { Days } from "@clan-platform/warehouse/warehouse.ts";
import { addDays, daysFrom } from "../page/days.ts";
import type { ChecksAnswer } from "./answers.ts";
import type { Source } from "./source.ts";

// What is older was checked when it was new; and on BigQuery, each day read is paid for.
const daysChecked = 30;

/**
 * Runs the checks of both tables on the thirty days that end with `to`, or as many as there are. Where others wait for
 * their turn, day after day and check after check: all at once would keep the warehouse for seconds.
 */
export async function checkNewestDays(
  source: Source,
  covered: { from: string; to: string },
): Promise<Omit<ChecksAnswer, "version">> {
  const earliest = addDays(covered.to, 1 - daysChecked);
  const days = { from: covered.from > earliest ? covered.from : earliest, to: covered.to };
  const all: Days = { from_date: days.from, to_date: days.to };
  const portions = source.turnMs === undefined ? [all] : daysFrom(days.from, days.to).map(oneDay);
  const runs = checks.flatMap((check) =>
    (check.acrossDays ? [all] : portions).map((portion) => ({ check, portion })),
  );
  const found = new Map<Check, number>();
  while (runs.length > 0) {
    await source.ask(async (warehouse) => {
      const deadline = Date.now() + (source.turnMs ?? Number.POSITIVE_INFINITY);
      for (let run = runs.shift(); run; run = Date.now() < deadline ? runs.shift() : undefined) {
        const result = await runCheck(warehouse, run.check, run.portion);
        found.set(run.check, (found.get(run.check) ?? 0) + result.found);
      }
    });
  }
  return {
    days,
    checks: checks.map((check) => ({
      table: check.table,
      severity: check.severity,
      claim: check.claim,
      found: found.get(check) ?? 0,
    })),
  };
}

const oneDay = (day: string): Days => ({ from_date: day, to_date: day });
