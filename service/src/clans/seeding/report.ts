import { RejectGroups } from "@clan-platform/contract/lines/reject-groups.ts";
import type { RejectedRow } from "@clan-platform/contract/lines/validate-rows.ts";
import { counted, countLine } from "@clan-platform/contract/terminal/amounts.ts";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { findingsText, type Paragraph } from "@clan-platform/contract/terminal/reject-groups-text.ts";
import type { ClanFile } from "./clan-file.ts";
import { fileName } from "./file-lines.ts";
import type { SeedCounts } from "./insert-clans.ts";

const numbersShown = 100;

/** What became of a file's lines: the counts, then what was rejected and changed, by reason. */
export function seedReport(
  path: string,
  { rejected, warnings, placeholders }: ClanFile,
  counts: SeedCounts,
  paragraph: Paragraph,
): string {
  const lines = [
    "",
    `  ${printable(fileName(path))}`,
    countLine(counts.read, "lines read"),
    countLine(counts.inserted, "inserted"),
    countLine(counts.existing, "already existed"),
    countLine(counts.repeated, "repeated in the file (the first counts)"),
    countLine(counts.rejected, "rejected"),
    ...groupsText("Rejected:", rejected, paragraph),
    ...groupsText("Changed:", warnings, paragraph),
  ];
  if (placeholders > 0) {
    const values = counted(
      placeholders,
      "region or time such as NULL was",
      "regions or times such as NULL were",
    );
    lines.push("", `  ${values} taken as empty.`);
  }
  return lines.join("\n");
}

/** Lines by what is said of them, each with its count and the first one. */
function groupsText(title: string, rows: RejectedRow[], paragraph: Paragraph): string[] {
  const groups = new RejectGroups();
  for (const row of rows) groups.add(row);
  const numbers = rows.slice(0, numbersShown).map(({ line }) => line);
  return findingsText(title, { count: rows.length, groups: groups.list(), numbers }, paragraph);
}
