import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { stringify } from "csv-stringify/sync";
import { openClanDatabase } from "../local/clan-database.ts";
import { parseSettings } from "../local/settings.ts";
import { type ClanFile, readClanFile } from "./seed-clans/clan-file.ts";
import { insertClans, type SeedReport } from "./seed-clans/insert-clans.ts";
import { exitWith, Refusal, withUsage } from "./terminal/refusal.ts";

const usage = "usage: npm run seed-clans -- FILE [--rejects OUT.csv]";

try {
  const { path, rejects } = readArguments();
  const settings = parseSettings(process.env);
  const file = readClanFile(path);
  if (rejects) writeRejects(rejects, path, file);
  const database = await openClanDatabase(settings);
  try {
    print(path, file, await insertClans(database.serviceUrl, file));
  } finally {
    await database.close();
  }
  if (rejects) console.log(`\n  The rejected lines are in ${rejects}.`);
} catch (error) {
  exitWith(error);
}

function readArguments(): { path: string; rejects: string | undefined } {
  return withUsage(usage, () => {
    const { values, positionals } = parseArgs({
      options: { rejects: { type: "string" } },
      allowPositionals: true,
    });
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0) throw new Error("one file is needed");
    return { path, rejects: values.rejects };
  });
}

/** Before anything is inserted: a file that can't be written is no reason to begin. */
function writeRejects(rejects: string, path: string, { rejected }: ClanFile): void {
  if (resolve(rejects) === resolve(path)) {
    throw new Refusal(`--rejects would overwrite ${path} itself: name another file; nothing was seeded.`);
  }
  try {
    writeFileSync(rejects, stringify(rejected, { header: true, columns: ["line", "reason", "text"] }));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(`${rejects} can't be written: ${why}; nothing was seeded.`, { cause });
  }
}

function print(path: string, { rejected, warnings }: ClanFile, report: SeedReport): void {
  console.log(`
  ${path}
  ${String(report.read).padStart(7)} lines read
  ${String(report.inserted).padStart(7)} inserted
  ${String(report.existing).padStart(7)} were there already
  ${String(report.repeated).padStart(7)} repeated in the file (the first counts)
  ${String(report.rejected).padStart(7)} rejected`);
  for (const { line, text, reason } of rejected)
    console.log(`\n  line ${line} rejected: ${reason}\n    ${text}`);
  for (const { line, text, reason } of warnings)
    console.log(`\n  line ${line} warning: ${reason}\n    ${text}`);
}
