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

/** The same below a title, followed by the numbers of the first lines when there are more than the examples. */
export function findingsText(
  title: string,
  { count, groups, numbers }: { count: number; groups: RejectGroup[]; numbers: number[] },
): string[] {
  if (count === 0) return [];
  const text = ["", `  ${title}`, ...rejectGroupsText(groups)];
  if (count === groups.length) return text;
  const more = count - numbers.length;
  const others = more > 0 ? ` and ${more.toLocaleString("en")} more` : "";
  return [...text, paragraph("  All of them: ", `lines ${numbers.join(", ")}${others}`)];
}

const cut = (text: string) => (text.length > shownText ? `${text.slice(0, shownText)}…` : text);
