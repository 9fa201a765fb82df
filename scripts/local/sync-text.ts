import type { Synced } from "@clan-platform/warehouse/sync/sync-activity.ts";
import { amountText } from "../commands/terminal/table-text.ts";

/** One line about what a sync did. */
export function syncText({ inserted, updated, deleted, recomputed }: Synced): string {
  const rows = [
    `${amountText(inserted)} ${inserted === 1 ? "row" : "rows"} new`,
    `${amountText(updated)} changed`,
    `${amountText(deleted)} deleted`,
  ];
  const stretches = recomputed.map(({ from_date, to_date }) =>
    from_date === to_date ? from_date : `${from_date} to ${to_date}`,
  );
  const shown = stretches.length > 3 ? [...stretches.slice(0, 3), `${stretches.length - 3} more`] : stretches;
  const metrics = shown.length > 0 ? `recomputed ${shown.join(", ")}` : "is up to date";
  return `${rows.join(", ")}; daily_metrics ${metrics}`;
}
