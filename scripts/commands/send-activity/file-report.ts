import { RejectGroups } from "@clan-platform/contract/lines/reject-groups.ts";
import { countLine } from "@clan-platform/contract/terminal/amounts.ts";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { findingsText } from "@clan-platform/contract/terminal/reject-groups-text.ts";
import { fileWarnings } from "../terminal/file-warnings.ts";
import { paragraph } from "../terminal/wrap.ts";
import type { Report } from "./delivery.ts";
import { lineOf, type Piece } from "./pieces.ts";

const linesShown = 100;

type Sums = Omit<Report, "rejects" | "reject_groups">;

/** What the service acknowledged of a file so far. */
export interface FileReport {
  path: string;
  sums: Sums;
  rejectGroups: RejectGroups;
  /** The numbers of the first rejected lines. */
  rejectedLines: number[];
}

export function startReport(path: string): FileReport {
  const counts = {
    received: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    repeated: 0,
    warnings: 0,
    rejected: 0,
    country_placeholders: 0,
  };
  return {
    path,
    sums: { ...counts, ignored_columns: [] },
    rejectGroups: new RejectGroups(),
    rejectedLines: [],
  };
}

/** Adds the service's report of a piece, which numbers the lines as they are in its body. */
export function addPiece(
  { sums, rejectGroups, rejectedLines }: FileReport,
  { rejects, reject_groups, ignored_columns, ...counts }: Report,
  piece: Piece,
): void {
  const inFile = (line: number) => line + piece.firstLine.inFile - piece.firstLine.inBody;
  for (const [name, count] of Object.entries(counts)) sums[name as keyof typeof counts] += count;
  sums.ignored_columns = [...new Set([...sums.ignored_columns, ...ignored_columns])];
  for (const { example, ...group } of reject_groups) {
    const line = inFile(example.line);
    rejectGroups.merge({ ...group, example: { ...example, line, text: lineOf(piece, line) } });
  }
  const room = Math.max(0, linesShown - rejectedLines.length);
  rejectedLines.push(...rejects.slice(0, room).map(({ line }) => inFile(line)));
}

/** The sums of a file, and its rejected lines by reason. */
export function reportText({ path, sums, rejectGroups, rejectedLines }: FileReport): string {
  const lines = [
    "",
    `  ${printable(path)}`,
    countLine(sums.received, "rows read"),
    countLine(sums.inserted, "inserted"),
    countLine(sums.updated, "updated"),
    countLine(sums.unchanged, "already stored, unchanged"),
    countLine(sums.repeated, "repeated in a piece (the last counts)"),
    countLine(sums.rejected, "rejected"),
  ];
  if (sums.warnings > 0) {
    const rows = sums.warnings.toLocaleString("en");
    lines.push(
      "",
      paragraph(
        "  ",
        `${rows} rows with more victories and defeats than matches ended were kept as they are.`,
      ),
    );
  }
  lines.push(...fileWarnings(sums.ignored_columns, sums.country_placeholders));
  const rejects = { count: sums.rejected, groups: rejectGroups.list(), numbers: rejectedLines };
  return [...lines, ...findingsText("Rejected:", rejects, paragraph)].join("\n");
}
