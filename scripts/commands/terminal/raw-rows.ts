import type { DateRange } from "@clan-platform/warehouse/days.ts";
import { firstKeptDay, notBefore } from "@clan-platform/warehouse/tables/user_daily_metrics_raw/expiry.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { CliError } from "./cli-error.ts";
import { print } from "./print.ts";
import { paragraph } from "./wrap.ts";

/**
 * These days without those whose raw rows have expired, which can be neither compared nor recomputed; says so if there are any.
 * @throws {CliError} when none is left
 */
export async function withRawRows(warehouse: Warehouse, days: DateRange): Promise<DateRange> {
  const first = await firstKeptDay(warehouse);
  const kept = notBefore(first, days);
  if (!kept) {
    throw new CliError(
      `--to ${days.to_date} is before ${first}: raw rows of earlier days have expired (setting rawRetentionDays), and their metrics stay as they are.`,
    );
  }
  if (kept !== days) {
    const note = `Days before ${first} are left out: their raw rows have expired (setting rawRetentionDays).`;
    print(`\n${paragraph("  ", note)}`);
  }
  return kept;
}
