import { parseArgs } from "node:util";
import { isDay } from "@clan-platform/contract/day.ts";
import { coveredDays } from "@clan-platform/warehouse/covered-days.ts";
import {
  backfill,
  type ChangedDay,
  changedDays,
} from "@clan-platform/warehouse/tables/daily_metrics/backfill.ts";
import { replaceDaysSql } from "@clan-platform/warehouse/tables/daily_metrics/replace-days.ts";
import type { Days } from "@clan-platform/warehouse/warehouse.ts";
import { parseSettings } from "../local/settings.ts";
import { openWarehouse, parseTarget, targetOption } from "../local/warehouse-target.ts";
import { exitWith, Refusal, withUsage } from "./terminal/refusal.ts";
import { amountText, tableText } from "./terminal/table-text.ts";

const usage =
  "usage: npm run backfill -- [--from YYYY-MM-DD] [--to YYYY-MM-DD] [--yes] [--target local|bigquery]";
const daysShown = 31;

try {
  const { from, to, yes, target } = readArguments();
  const warehouse = await openWarehouse(target, parseSettings(process.env));
  try {
    const covered = await coveredDays(warehouse);
    const days = { from_date: from ?? covered.from_date ?? "", to_date: to ?? covered.to_date ?? "" };
    if (days.from_date > days.to_date) {
      throw new Refusal(
        `--from ${days.from_date} is after --to ${days.to_date}; the last day there is is ${covered.to_date}.`,
      );
    }
    if (warehouse.supports.bytesToRead) {
      const bytes = await warehouse.bytesToRead(replaceDaysSql, days);
      console.log(`\n  It reads ${amountText(bytes / 1e6, 1)} MB.`);
    }
    const changes = await changedDays(warehouse, days);
    print(days, changes);
    if (changes.length === 0) console.log("  daily_metrics is as raw says; nothing to do.\n");
    else if (!yes) console.log("  Nothing was changed. To do it, add --yes.\n");
    else {
      await backfill(warehouse, days);
      console.log("  Done: daily_metrics has the new figures.\n");
    }
  } finally {
    await warehouse.close();
  }
} catch (error) {
  exitWith(error);
}

function readArguments() {
  return withUsage(usage, () => {
    const { values } = parseArgs({
      options: {
        ...targetOption,
        from: { type: "string" },
        to: { type: "string" },
        yes: { type: "boolean" },
      },
    });
    for (const name of ["from", "to"] as const) {
      const day = values[name];
      if (day !== undefined && !isDay(day))
        throw new Error(`--${name} must be a day as YYYY-MM-DD, not ${day}`);
    }
    return { ...values, target: parseTarget(values.target) };
  });
}

function print({ from_date, to_date }: Days, changes: ChangedDay[]): void {
  console.log(`\n  From ${from_date} to ${to_date}, ${changes.length} days would change.\n`);
  if (changes.length === 0) return;
  const rows = changes
    .slice(0, daysShown)
    .map((day) => [
      day.event_date,
      ...[day.changed_rows, day.old_rows, day.new_rows, day.old_dau, day.new_dau].map((value) =>
        amountText(value),
      ),
      ...[day.old_revenue, day.new_revenue].map((value) => amountText(value, 2)),
    ]);
  const total = (column: keyof ChangedDay) => changes.reduce((sum, day) => sum + Number(day[column] ?? 0), 0);
  const totals = [
    changes.length > daysShown ? `… ${changes.length - daysShown} more, all` : "all",
    ...(["changed_rows", "old_rows", "new_rows", "old_dau", "new_dau"] as const).map((column) =>
      amountText(total(column)),
    ),
    ...(["old_revenue", "new_revenue"] as const).map((column) => amountText(total(column), 2)),
  ];
  const head = ["", "changed", "rows", "new", "DAU", "new", "revenue", "new"];
  console.log(`${tableText([head, ...rows, totals], 1)}\n`);
}
