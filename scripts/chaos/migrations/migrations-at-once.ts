import { type Experiment, promised } from "../experiment.ts";
import { migrateTo } from "../rig/migration.ts";
import { appliedAdditions, makeNextVersion, today, type Version } from "../rig/next-version.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";

const atOnce = 3;

export const migrationsAtOnce: Experiment = {
  name: "migrations-at-once",
  promise: "Of migrations that are started at once, one does the work, and the others find it done.",
  trial: `${atOnce} migrations at once of an empty database, and of the one that is in use to the next version.`,
  protection:
    "Without `pg_advisory_xact_lock` in service/src/database/migrations.ts one failed with a duplicate key in PostgreSQL's own catalog.",
  run: () => underLoad(migrateAtOnce),
};

async function migrateAtOnce({ folder, postgres }: Rig): Promise<string> {
  await postgres.query("create database empty");
  const url = new URL(postgres.adminUrl);
  url.pathname = "/empty";
  await requireOne(today, url.href, /applied roles-and-extensions, clans, /);
  await requireOne(makeNextVersion(folder), postgres.adminUrl, new RegExp(appliedAdditions));
  return `one of ${atOnce} applied it and ${atOnce - 1} had nothing to do, both times`;
}

/** @throws {Broken} unless one says that it applied everything, and the others that there was nothing to do */
async function requireOne(version: Version, url: string, applied: RegExp): Promise<void> {
  const outputs = await Promise.all(Array.from({ length: atOnce }, () => migrateTo(version, url)));
  const isAsPromised =
    outputs.filter((output) => applied.test(output)).length === 1 &&
    outputs.filter((output) => output.includes("nothing to do")).length === atOnce - 1;
  promised(isAsPromised, `they said: ${outputs.join("")}`);
}
