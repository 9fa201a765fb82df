import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { stringify } from "csv-stringify/sync";
import { openClanDatabase } from "./clan-database.ts";
import { exitWith, Refusal } from "./refusal.ts";
import { type ClanFile, readClanFile } from "./seed-clans/clan-file.ts";
import { insertClans, type SeedReport } from "./seed-clans/insert-clans.ts";
import { parseSettings } from "./settings.ts";

const usage = "usage: npm run seed-clans -- FILE [--rejects OUT.csv]";

try {
  const { path, rejects } = readArguments();
  const settings = parseSettings(process.env);
  const file = readClanFile(path);
  const database = await openClanDatabase(settings);
  try {
    print(path, file, await insertClans(database.serviceUrl, file));
  } finally {
    await database.close();
  }
  if (rejects) {
    writeFileSync(rejects, stringify(file.rejected, { header: true, columns: ["line", "reason", "text"] }));
    console.log(`\n  The rejected lines are in ${rejects}.`);
  }
} catch (error) {
  exitWith(error);
}

function readArguments(): { path: string; rejects: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      options: { rejects: { type: "string" } },
      allowPositionals: true,
    });
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0) throw new Error("one file is needed");
    return { path, rejects: values.rejects };
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error}\n  ${usage}`);
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
