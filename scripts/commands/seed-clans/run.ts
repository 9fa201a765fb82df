import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { RejectGroups } from "@clan-platform/contract/lines/reject-groups.ts";
import type { RejectedRow } from "@clan-platform/contract/lines/validate-rows.ts";
import { stringify } from "csv-stringify/sync";
import { openClanDatabase } from "../../local/clan-database.ts";
import { parseSettings } from "../../local/settings.ts";
import { counted, countLine } from "../terminal/amounts.ts";
import { CliError, UsageError } from "../terminal/cli-error.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { print } from "../terminal/print.ts";
import { printable } from "../terminal/printable.ts";
import { findingsText } from "../terminal/reject-groups-text.ts";
import { type ClanFile, readClanFile } from "./clan-file.ts";
import { insertClans, type SeedReport } from "./insert-clans.ts";

export interface SeedClansOptions {
  rejects?: string;
}

export async function run(path: string, { rejects }: SeedClansOptions): Promise<void> {
  const settings = parseSettings(process.env);
  const file = await readClanFile(path);
  if (rejects) writeRejects(rejects, path, file);
  const database = await openClanDatabase(settings);
  try {
    printReport(path, file, await insertClans(database.serviceUrl, file));
  } finally {
    await database.close();
  }
  if (rejects) print(`\n  The rejected lines are in ${printable(rejects)}.`);
  if (file.rejected.length > 0) process.exitCode = exitCode.rowsRejected;
}

/** Before anything is inserted: if this file can't be written, nothing is seeded. */
function writeRejects(rejects: string, path: string, { rejected }: ClanFile): void {
  if (resolve(rejects) === resolve(path)) {
    throw new UsageError(`--rejects would overwrite ${path} itself: name another file; nothing was seeded.`);
  }
  try {
    const rows = rejected.map(({ line, field, message, text }) => {
      return { line, reason: field === "line" ? message : `${field} ${message}`, text };
    });
    writeFileSync(rejects, stringify(rows, { header: true, columns: ["line", "reason", "text"] }));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`${rejects} can't be written: ${why}; nothing was seeded.`, { cause });
  }
}

function printReport(path: string, { rejected, warnings, placeholders }: ClanFile, report: SeedReport): void {
  const lines = [
    "",
    `  ${printable(path)}`,
    countLine(report.read, "lines read"),
    countLine(report.inserted, "inserted"),
    countLine(report.existing, "already existed"),
    countLine(report.repeated, "repeated in the file (the first counts)"),
    countLine(report.rejected, "rejected"),
    ...groupsText("Rejected:", rejected),
    ...groupsText("Changed:", warnings),
  ];
  if (placeholders > 0) {
    const values = counted(
      placeholders,
      "region or time such as NULL was",
      "regions or times such as NULL were",
    );
    lines.push("", `  ${values} taken as empty.`);
  }
  print(lines.join("\n"));
}

/** Lines by what is said of them, each with its count and the first one. */
function groupsText(title: string, rows: RejectedRow[]): string[] {
  const groups = new RejectGroups();
  for (const row of rows) groups.add(row);
  const numbers = rows.slice(0, numbersShown).map(({ line }) => line);
  return findingsText(title, { count: rows.length, groups: groups.list(), numbers });
}

const numbersShown = 100;
