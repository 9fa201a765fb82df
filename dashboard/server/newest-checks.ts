import { type Check, checks, runCheck } from "@clan-platform/warehouse/checks.ts";
import { clanDailyMetricsTable, fullName, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { addDays, daysFrom } from "../days.ts";
import type { ChecksAnswer } from "./answers.ts";
import type { Source } from "./source.ts";

// Older days were checked when they were new; and on BigQuery, every day read costs money.
const daysChecked = 30;
// So few that a check takes hardly longer to run than to plan.
const rowsOfFirstLook = 50_000;

/** How far a check has come. */
interface Progress {
  check: Check;
  /** The first day that it has not looked at. */
  from: string;
  /** How many days it looks at next. */
  days: number;
  /** How many rows break its claim so far. */
  found: number;
  /** How many days the last look had, and how long it took. */
  last?: { days: number; ms: number };
}

/**
 * Runs the checks of both tables on the last thirty of the covered days. Where a read blocks other processes, a check looks at a
 * few days at a time, as many as take a fraction of the time that a read may take; all days at once might take seconds.
 * Checks that read the raw dataset are left out where it may not be read.
 */
export async function checkNewestDays(
  source: Source,
  covered: { from: string; to: string },
): Promise<Omit<ChecksAnswer, "version" | "isHeld">> {
  const earliest = addDays(covered.to, 1 - daysChecked);
  const days = { from: covered.from > earliest ? covered.from : earliest, to: covered.to };
  const { maxHoldMs = Number.POSITIVE_INFINITY } = source;
  const isBlocking = source.maxHoldMs !== undefined;
  const readable = checks.filter(({ sql }) => !source.analyticsOnly || !sql.includes(`${rawTable.dataset}.`));
  const daysOfFirstLook = isBlocking
    ? await source.withWarehouse((warehouse) => daysWithFewRows(warehouse, days))
    : daysChecked;
  const all = readable.map((check): Progress => {
    return { check, from: days.from, days: check.acrossDays ? daysChecked : daysOfFirstLook, found: 0 };
  });
  const pending = [...all];
  while (pending.length > 0) {
    await source.withWarehouse(async (warehouse) => {
      const deadline = performance.now() + maxHoldMs;
      for (let next = pending[0]; next && performance.now() < deadline; next = pending[0]) {
        await checkNextDays(warehouse, next, days.to, maxHoldMs / 2);
        if (next.from > days.to) pending.shift();
      }
    });
  }
  return {
    days,
    checks: all.map(({ check: { table, severity, claim }, found }) => ({ table, severity, claim, found })),
  };
}

/** How many of the days have few enough rows for a first look; at least one. */
async function daysWithFewRows(warehouse: Warehouse, days: { from: string; to: string }): Promise<number> {
  const counts = [rawTable, clanDailyMetricsTable].map(
    (table) => `(select count(*) from ${fullName(table)} where event_date between @from_date and @to_date)`,
  );
  const [row] = await warehouse.query(`select ${counts.join(" + ")} as row_count`, {
    from_date: days.from,
    to_date: days.to,
  });
  const rowsPerDay = Number(row?.row_count ?? 0) / daysFrom(days.from, days.to).length;
  return Math.max(1, Math.min(Math.floor(rowsOfFirstLook / rowsPerDay), daysChecked));
}

/** Looks at the next days of a check, and adapts their number so that each time takes about `aimMs`. */
async function checkNextDays(
  warehouse: Warehouse,
  progress: Progress,
  last: string,
  aimMs: number,
): Promise<void> {
  const { check, from, days } = progress;
  const to = addDays(from, days - 1) < last ? addDays(from, days - 1) : last;
  const startedAt = performance.now();
  const { found } = await runCheck(warehouse, check, { from_date: from, to_date: to });
  const ms = performance.now() - startedAt;
  progress.found += found;
  progress.from = addDays(to, 1);
  progress.days = Math.min(nextDays(progress, ms, aimMs), daysChecked);
  progress.last = { days, ms };
}

function nextDays({ days, last: before }: Progress, ms: number, aimMs: number): number {
  if (ms < aimMs / 4) return days * 8;
  if (ms < aimMs) return days * 2;
  // On a busy machine, planning the query takes most of the time, and takes it for a single day too.
  const isMostlyPlanning = before === undefined || (days > before.days && ms < 1.5 * before.ms);
  if (isMostlyPlanning) return days * (before === undefined ? 2 : 4);
  return ms > 2 * aimMs ? Math.max(1, Math.floor(days / 2)) : days;
}
