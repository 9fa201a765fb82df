import { type Experiment, expectThat } from "../experiment.ts";
import { migrateTo } from "../harness/migration.ts";
import { appliedAdditions, current, makeNextVersion, type Version } from "../harness/next-version.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

const atOnce = 3;

export const migrationsAtOnce: Experiment = {
  name: "migrations-at-once",
  guarantee: "Of concurrent migrations, one applies the changes, and the others find nothing to do.",
  method: `${atOnce} concurrent migrations of an empty database, and of the database in use to the next version.`,
  mutation:
    "Without `pg_advisory_xact_lock` in service/src/database/migrations.ts one failed with a duplicate key in PostgreSQL's own catalog.",
  run: () => underLoad(migrateAtOnce),
};

async function migrateAtOnce({ folder, postgres }: Harness): Promise<string> {
  await postgres.query("create database empty");
  const url = new URL(postgres.adminUrl);
  url.pathname = "/empty";
  await requireOne(current, url.href, /applied roles-and-extensions, clans, /);
  await requireOne(makeNextVersion(folder), postgres.adminUrl, new RegExp(appliedAdditions));
  return `one of ${atOnce} applied it and ${atOnce - 1} had nothing to do, both times`;
}

/** @throws {ExperimentFailed} unless one reports that it applied everything, and the others that there was nothing to do */
async function requireOne(version: Version, url: string, applied: RegExp): Promise<void> {
  const outputs = await Promise.all(Array.from({ length: atOnce }, () => migrateTo(version, url)));
  const isAsExpected =
    outputs.filter((output) => applied.test(output)).length === 1 &&
    outputs.filter((output) => output.includes("nothing to do")).length === atOnce - 1;
  expectThat(isAsExpected, `they printed: ${outputs.join("")}`);
}
