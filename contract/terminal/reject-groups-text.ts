import type { RejectGroup } from "../lines/reject-groups.ts";
import { countLine } from "./amounts.ts";
import { printable } from "./printable.ts";

/** A paragraph that begins with `first`, in as many lines as suit the place where it is shown. */
export type Paragraph = (first: string, text: string) => string;

/** For a log or a file, where lines may be long. */
export const oneLine: Paragraph = (first, text) => first + text;

const shownGroups = 10;
const shownText = 50;

/** Rejected lines by reason, each with its count and first example, which is cut to fit 80 columns. */
export function rejectGroupsText(groups: RejectGroup[], paragraph: Paragraph): string[] {
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
  paragraph: Paragraph,
): string[] {
  if (count === 0) return [];
  const text = ["", `  ${title}`, ...rejectGroupsText(groups, paragraph)];
  if (count === groups.length) return text;
  const more = count - numbers.length;
  const others = more > 0 ? ` and ${more.toLocaleString("en")} more` : "";
  return [...text, paragraph("  All of them: ", `lines ${numbers.join(", ")}${others}`)];
}

const cut = (text: string) => (text.length > shownText ? `${text.slice(0, shownText)}…` : text);
