import { type Check, checks, runCheck } from "../checks.ts";
import type { Days } from "../warehouse.ts";
import type { ChecksAnswer } from "./answers.ts";
import { addDays, daysFrom } from "./page/days.ts";
import type { Source } from "./source.ts";

// What is older was checked when it was new; and on BigQuery, each day read is paid for.
const daysChecked = 30;

/**
 * Runs the checks of both tables on the thirty days that end with `to`, or as many as there are. Where the source wants
 * it, day after day: a check of all days at once would keep others from the warehouse for seconds.
 */
export async function checkNewestDays(
  source: Source,
  covered: { from: string; to: string },
): Promise<Omit<ChecksAnswer, "version">> {
  const earliest = addDays(covered.to, 1 - daysChecked);
  const days = { from: covered.from > earliest ? covered.from : earliest, to: covered.to };
  const all: Days = { from_date: days.from, to_date: days.to };
  const portions = source.daysAtOnce >= daysChecked ? [all] : daysFrom(days.from, days.to).map(oneDay);

  const found = new Map<Check, number>(checks.map((check) => [check, 0]));
  const ask = (portion: Days, some: Check[]) =>
    source.ask(async (warehouse) => {
      for (const check of some) {
        const result = await runCheck(warehouse, check, portion);
        found.set(check, (found.get(check) ?? 0) + result.found);
      }
    });
  await ask(
    all,
    checks.filter(({ acrossDays }) => acrossDays),
  );
  for (const portion of portions)
    await ask(
      portion,
      checks.filter(({ acrossDays }) => !acrossDays),
    );
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
