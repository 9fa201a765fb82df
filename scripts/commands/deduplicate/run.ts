import { amountText, counted } from "@clan-platform/contract/terminal/amounts.ts";
import { coveredDays } from "@clan-platform/warehouse/covered-days.ts";
import { recomputeTouchedDays } from "@clan-platform/warehouse/tables/recompute/recompute.ts";
import {
  deduplicate,
  repeatedKeys,
} from "@clan-platform/warehouse/tables/user_daily_metrics_raw/deduplicate.ts";
import { parseSettings } from "../../local/settings.ts";
import { openWarehouse, type Target } from "../../local/warehouse-target.ts";
import { print } from "../terminal/print.ts";
import { tableText } from "../terminal/table.ts";

export interface DeduplicateOptions {
  yes?: boolean;
  target: Target;
}

export async function run({ yes, target }: DeduplicateOptions): Promise<void> {
  const warehouse = await openWarehouse(target, parseSettings(process.env));
  try {
    const days = await repeatedKeys(warehouse, await coveredDays(warehouse));
    if (days.length === 0) {
      // The metrics of days that an interrupted run has left.
      if (yes && warehouse.supports.recomputeTouchedDays) await recomputeTouchedDays(warehouse);
      print("\n  Every key of the raw table has one row; nothing to do.\n");
      return;
    }
    const rows = days.map((day) => [day.event_date, amountText(day.keys), amountText(day.surplus_rows)]);
    print(`\n${tableText([["", "repeated keys", "rows too many"], ...rows], { from: 1 })}\n`);
    if (!yes) {
      print("  Nothing was changed. To keep the latest row of each key, add --yes.\n");
      return;
    }
    for (const { event_date } of days) await deduplicate(warehouse, event_date);
    print(`  Done: every key has one row, and daily_metrics of ${counted(days.length, "day")} is new.\n`);
  } finally {
    await warehouse.close();
  }
}
