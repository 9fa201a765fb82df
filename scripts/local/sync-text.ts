import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import type { Synced } from "@clan-platform/warehouse/sync/sync-activity.ts";
import { rangesText } from "../commands/terminal/date-ranges.ts";

/** One line about what a sync did. */
export function syncText({ inserted, updated, deleted, clans, memberships, recomputed }: Synced): string {
  const rows = [
    `${amountText(inserted)} ${inserted === 1 ? "row" : "rows"} new`,
    `${amountText(updated)} changed`,
    `${amountText(deleted)} deleted`,
  ];
  if (clans > 0) rows.push(`${amountText(clans)} ${clans === 1 ? "clan" : "clans"}`);
  if (memberships > 0)
    rows.push(`${amountText(memberships)} ${memberships === 1 ? "membership" : "memberships"}`);
  const metrics = recomputed.length > 0 ? `recomputed ${rangesText(recomputed)}` : "is up to date";
  return `${rows.join(", ")}; daily_metrics ${metrics}`;
}
