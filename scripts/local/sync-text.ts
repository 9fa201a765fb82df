import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import type { Synced } from "@clan-platform/warehouse/sync/sync-activity.ts";
import { rangesText } from "../commands/terminal/date-ranges.ts";

/** One line about what a sync did. */
export function syncText({ inserted, updated, deleted, recomputed }: Synced): string {
  const rows = [
    `${amountText(inserted)} ${inserted === 1 ? "row" : "rows"} new`,
    `${amountText(updated)} changed`,
    `${amountText(deleted)} deleted`,
  ];
  const metrics = recomputed.length > 0 ? `recomputed ${rangesText(recomputed)}` : "is up to date";
  return `${rows.join(", ")}; daily_metrics ${metrics}`;
}
