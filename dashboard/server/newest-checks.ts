import { type Check, checks, runCheck } from "@clan-platform/warehouse/checks.ts";
import type { Days } from "@clan-platform/warehouse/warehouse.ts";
import { addDays, daysFrom } from "../days.ts";
import type { ChecksAnswer } from "./answers.ts";
import type { Source } from "./source.ts";

// Older days were checked when they were new; and on BigQuery, every day read costs money.
const daysChecked = 30;

/**
 * Runs the checks of both tables on the last thirty of the covered days. Where a read blocks other processes, each
 * check runs day by day, so that no read is long; a single one would hold the warehouse for seconds.
 */
export async function checkNewestDays(
  source: Source,
  covered: { from: string; to: string },
): Promise<Omit<ChecksAnswer, "version" | "isHeld">> {
  const earliest = addDays(covered.to, 1 - daysChecked);
  const days = { from: covered.from > earliest ? covered.from : earliest, to: covered.to };
  const all: Days = { from_date: days.from, to_date: days.to };
  const singleDays = daysFrom(days.from, days.to).map((day): Days => ({ from_date: day, to_date: day }));
  const periods = source.maxHoldMs === undefined ? [all] : singleDays;
  const pending = checks.flatMap((check) =>
    (check.acrossDays ? [all] : periods).map((period) => ({ check, period })),
  );
  const found = new Map<Check, number>();
  while (pending.length > 0) {
    await source.withWarehouse(async (warehouse) => {
      const deadline = Date.now() + (source.maxHoldMs ?? Number.POSITIVE_INFINITY);
      for (let run = pending.shift(); run; run = Date.now() < deadline ? pending.shift() : undefined) {
        const result = await runCheck(warehouse, run.check, run.period);
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
