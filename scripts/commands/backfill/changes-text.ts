import { amountText, counted } from "@clan-platform/contract/terminal/amounts.ts";
import type { ChangedDay } from "@clan-platform/warehouse/tables/daily_metrics/backfill.ts";
import type { Days } from "@clan-platform/warehouse/warehouse.ts";
import { tableText } from "../terminal/table.ts";

const daysShown = 31;
const head = ["", "changed", "rows", "new", "DAU", "new", "revenue", "new"];
const counts = ["changed_rows", "old_rows", "new_rows", "old_dau", "new_dau"] as const;
const revenues = ["old_revenue", "new_revenue"] as const;

/** What a backfill of these days changed, or would change: rows, DAU and revenue, old and new, per day and in all. */
export function changesText({ from_date, to_date }: Days, changes: ChangedDay[], isDone: boolean): string {
  const verb = isDone ? "changed" : "would change";
  const title = `\n  From ${from_date} to ${to_date}, ${counted(changes.length, "day")} ${verb}.\n`;
  if (changes.length === 0) return title;
  const rows = changes
    .slice(0, daysShown)
    .map((day) => [
      day.event_date,
      ...counts.map((column) => amountText(day[column])),
      ...revenues.map((column) => amountText(day[column], 2)),
    ]);
  const total = (column: keyof ChangedDay) => changes.reduce((sum, day) => sum + Number(day[column] ?? 0), 0);
  const totals = [
    changes.length > daysShown ? `… ${changes.length - daysShown} more, all` : "all",
    ...counts.map((column) => amountText(total(column))),
    ...revenues.map((column) => amountText(total(column), 2)),
  ];
  return `${title}\n${tableText([head, ...rows, totals], { from: 1 })}\n`;
}
