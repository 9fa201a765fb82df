import { countLine } from "../terminal/amounts.ts";
import { fileWarnings } from "../terminal/file-warnings.ts";
import { printable } from "../terminal/printable.ts";
import type { Report } from "./delivery.ts";

const rejectsShown = 100;

/** What the service acknowledged of a file so far. */
export interface FileReport {
  path: string;
  sums: Report;
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
  return { path, sums: { ...counts, rejects: [], ignored_columns: [] } };
}

/** Adds the report of a piece, whose lines are numbered from `linesBefore` on. */
export function addPiece(
  { sums }: FileReport,
  { rejects, ignored_columns, ...counts }: Report,
  linesBefore: number,
): void {
  sums.ignored_columns = [...new Set([...sums.ignored_columns, ...ignored_columns])];
  for (const [name, count] of Object.entries(counts)) sums[name as keyof typeof counts] += count;
  const room = Math.max(0, rejectsShown - sums.rejects.length);
  sums.rejects.push(
    ...rejects.slice(0, room).map((reject) => ({ ...reject, line: reject.line + linesBefore })),
  );
}

/** The sums of a file, and its rejected lines. */
export function reportText({ path, sums }: FileReport): string {
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
      `  ${rows} rows with more victories and defeats than matches ended were kept as they are.`,
    );
  }
  lines.push(...fileWarnings(sums.ignored_columns, sums.country_placeholders));
  if (sums.rejects.length > 0) lines.push("");
  for (const { line, field, message } of sums.rejects) {
    lines.push(`  line ${line}: ${printable(`${field === "line" ? "" : `${field} `}${message}`)}`);
  }
  const more = sums.rejected - sums.rejects.length;
  if (more > 0) lines.push(`  … and ${more.toLocaleString("en")} more`);
  return lines.join("\n");
}
