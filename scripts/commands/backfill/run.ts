import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { coveredDays } from "@clan-platform/warehouse/covered-days.ts";
import { backfill, changedDays } from "@clan-platform/warehouse/tables/daily_metrics/backfill.ts";
import { replaceDaysSql } from "@clan-platform/warehouse/tables/daily_metrics/replace-days.ts";
import { dailyMetrics, derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import { recomputeDays } from "@clan-platform/warehouse/tables/recompute/recompute.ts";
import { parseSettings } from "../../local/settings.ts";
import { openWarehouse, type Target } from "../../local/warehouse-target.ts";
import { askedDays } from "../terminal/asked-days.ts";
import { UsageError } from "../terminal/cli-error.ts";
import { print } from "../terminal/print.ts";
import { withRawRows } from "../terminal/raw-rows.ts";
import { paragraph } from "../terminal/wrap.ts";
import { changesText } from "./changes-text.ts";

export interface BackfillOptions {
  from?: string;
  to?: string;
  yes?: boolean;
  target: Target;
}

export async function run({ from, to, yes = false, target }: BackfillOptions): Promise<void> {
  if (from && to && from > to) throw new UsageError(`--from ${from} is after --to ${to}.`);
  const warehouse = await openWarehouse(target, parseSettings(process.env));
  try {
    const days = await withRawRows(warehouse, askedDays(await coveredDays(warehouse), from, to));
    if (warehouse.supports.bytesToRead) {
      const bytes = await warehouse.bytesToRead(replaceDaysSql, days);
      print(`\n  It reads ${amountText(bytes / 1e6, 1)} MB.`);
    }
    const changes = await (yes ? backfill : changedDays)(warehouse, days);
    print(changesText(days, changes, yes));
    const others = derivedTables.filter((derived) => derived !== dailyMetrics);
    const names = new Intl.ListFormat("en").format(others.map(({ table }) => table.name));
    if (yes) await recomputeDays(warehouse, days, others);
    if (changes.length === 0) print("  daily_metrics matches the raw table; nothing to do there.");
    else if (!yes) print("  Nothing was changed. To make the changes, add --yes.");
    else print("  Done: daily_metrics has the new figures.");
    print(`${paragraph("  ", yes ? `${names} were recomputed.` : `--yes recomputes ${names} as well.`)}\n`);
  } finally {
    await warehouse.close();
  }
}
