import { statSync, writeFileSync } from "node:fs";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { type ClanFile, readClanFile } from "@clan-platform/service/clans/seeding/clan-file.ts";
import { insertClans } from "@clan-platform/service/clans/seeding/insert-clans.ts";
import { seedReport } from "@clan-platform/service/clans/seeding/report.ts";
import { stringify } from "csv-stringify/sync";
import { openClanDatabase } from "../../local/clan-database.ts";
import { parseSettings } from "../../local/settings.ts";
import { CliError, UsageError } from "../terminal/cli-error.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { print } from "../terminal/print.ts";
import { paragraph } from "../terminal/wrap.ts";

export interface SeedClansOptions {
  rejects?: string;
}

export async function run(path: string, { rejects }: SeedClansOptions): Promise<void> {
  const settings = parseSettings(process.env);
  const file = await readClanFile(path);
  if (rejects) writeRejects(rejects, path, file);
  const database = await openClanDatabase(settings);
  try {
    const counts = await insertClans({ DATABASE_URL: database.serviceUrl }, file);
    print(seedReport(path, file, counts, paragraph));
  } finally {
    await database.close();
  }
  if (rejects) print(`\n  The rejected lines are in ${printable(rejects)}.`);
  if (file.rejected.length > 0) process.exitCode = exitCode.rowsRejected;
}

/** Before anything is inserted: if this file can't be written, nothing is seeded. */
function writeRejects(rejects: string, path: string, { rejected }: ClanFile): void {
  if (isSameFile(rejects, path)) {
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

/** Also by another name, such as that of a link. */
function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
