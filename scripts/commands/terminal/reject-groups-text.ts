import type { RejectGroup } from "@clan-platform/contract/lines/reject-groups.ts";
import { countLine } from "./amounts.ts";
import { printable } from "./printable.ts";
import { paragraph } from "./wrap.ts";

const shownGroups = 10;
const shownText = 50;

/** Rejected lines by reason, each with its count and first example, for a terminal of 80 columns. */
export function rejectGroupsText(groups: RejectGroup[]): string[] {
  const lines = groups
    .slice(0, shownGroups)
    .flatMap(({ field, count, example }) => [
      paragraph(
        countLine(count, ""),
        `${field === "line" ? "the line" : field} ${printable(example.message)}`,
      ),
      `${" ".repeat(14)}line ${example.line}: ${cut(printable(example.text ?? "not UTF-8"))}`,
    ]);
  const others = groups.slice(shownGroups);
  if (others.length === 0) return lines;
  const rows = others.reduce((sum, { count }) => sum + count, 0);
  return [...lines, countLine(rows, `for ${others.length.toLocaleString("en")} other reasons`)];
}

const cut = (text: string) => (text.length > shownText ? `${text.slice(0, shownText)}…` : text);
