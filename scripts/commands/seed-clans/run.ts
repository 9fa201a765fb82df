import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { stringify } from "csv-stringify/sync";
import { openClanDatabase } from "../../local/clan-database.ts";
import { parseSettings } from "../../local/settings.ts";
import { countLine } from "../terminal/amounts.ts";
import { CliError, UsageError } from "../terminal/cli-error.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { printable } from "../terminal/printable.ts";
import { type ClanFile, readClanFile } from "./clan-file.ts";
import { insertClans, type SeedReport } from "./insert-clans.ts";

export interface SeedClansOptions {
  rejects?: string;
}

export async function run(path: string, { rejects }: SeedClansOptions): Promise<void> {
  const settings = parseSettings(process.env);
  const file = readClanFile(path);
  if (rejects) writeRejects(rejects, path, file);
  const database = await openClanDatabase(settings);
  try {
    print(path, file, await insertClans(database.serviceUrl, file));
  } finally {
    await database.close();
  }
  if (rejects) console.log(`\n  The rejected lines are in ${printable(rejects)}.`);
  if (file.rejected.length > 0) process.exitCode = exitCode.rowsRejected;
}

/** Before anything is inserted: if this file can't be written, nothing is seeded. */
function writeRejects(rejects: string, path: string, { rejected }: ClanFile): void {
  if (resolve(rejects) === resolve(path)) {
    throw new UsageError(`--rejects would overwrite ${path} itself: name another file; nothing was seeded.`);
  }
  try {
    writeFileSync(rejects, stringify(rejected, { header: true, columns: ["line", "reason", "text"] }));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`${rejects} can't be written: ${why}; nothing was seeded.`, { cause });
  }
}

function print(path: string, { rejected, warnings }: ClanFile, report: SeedReport): void {
  console.log(
    [
      "",
      `  ${printable(path)}`,
      countLine(report.read, "lines read"),
      countLine(report.inserted, "inserted"),
      countLine(report.existing, "already existed"),
      countLine(report.repeated, "repeated in the file (the first counts)"),
      countLine(report.rejected, "rejected"),
    ].join("\n"),
  );
  for (const { line, text, reason } of rejected) {
    console.log(`\n  line ${line} rejected: ${printable(reason)}\n    ${printable(text)}`);
  }
  for (const { line, text, reason } of warnings) {
    console.log(`\n  line ${line} warning: ${printable(reason)}\n    ${printable(text)}`);
  }
}
