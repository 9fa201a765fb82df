import type { Synced } from "@clan-platform/warehouse/sync/sync-activity.ts";
import { amountText } from "../commands/terminal/amounts.ts";

/** One line about what a sync did. */
export function syncText({ inserted, updated, deleted, recomputed }: Synced): string {
  const rows = [
    `${amountText(inserted)} ${inserted === 1 ? "row" : "rows"} new`,
    `${amountText(updated)} changed`,
    `${amountText(deleted)} deleted`,
  ];
  const ranges = recomputed.map(({ from_date, to_date }) =>
    from_date === to_date ? from_date : `${from_date} to ${to_date}`,
  );
  const shown = ranges.length > 3 ? [...ranges.slice(0, 3), `${ranges.length - 3} more`] : ranges;
  const metrics = shown.length > 0 ? `recomputed ${shown.join(", ")}` : "is up to date";
  return `${rows.join(", ")}; daily_metrics ${metrics}`;
}
