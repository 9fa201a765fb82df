import { setTimeout as delay } from "node:timers/promises";
import type { RunningProcess } from "../../testkit/process.ts";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { migrateTo, startMigration } from "../harness/migration.ts";
import { appliedAdditions, makeNextVersion } from "../harness/next-version.ts";
import type { Postgres } from "../harness/postgres.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

const killsOfProcess = 4;
const killsOfBackend = 2;
// It takes a second: on a busy machine, the kill must not come too late.
const withinMs = 600;

export const migrationKilled: Experiment = {
  name: "migration-killed",
  guarantee: "A killed migration leaves no changes, and the next one applies all of them.",
  method: `\`kill -9\` at random moments of a migration of two files: ${killsOfProcess} times its process, ${killsOfBackend} times its PostgreSQL backend.`,
  mutation:
    "Without `begin` in service/src/database/migrations.ts the first one that was killed left the table of its first file, at version 5.",
  run: () => underLoad(killMigrations),
};

async function killMigrations({ folder, postgres, load }: Harness): Promise<string> {
  const next = makeNextVersion(folder);
  for (let kill = 0; kill < killsOfProcess + killsOfBackend; kill++) {
    const migration = startMigration(next, postgres.adminUrl);
    const pid = await backendInTransaction(postgres);
    await delay(Math.random() * withinMs);
    if (kill < killsOfProcess) migration.kill("SIGKILL");
    else process.kill(pid, "SIGKILL");
    await requireFailure(migration, kill < killsOfProcess);
    await waitUntil(
      "the killed migration's backend has ended",
      async () => (await backends(postgres))?.length === 0,
    );
    await requireNoChanges(postgres);
    await load.untilAcknowledged(5);
  }
  const output = await migrateTo(next, postgres.adminUrl);
  expectThat(output.includes(appliedAdditions), `the next one printed: ${output}`);
  return `${killsOfProcess + killsOfBackend} killed migrations left no changes, and the next one applied both files`;
}

/** The migration's backends; undefined while PostgreSQL recovers. */
const backends = (postgres: Postgres) =>
  postgres
    .query("select pid, xact_start from pg_stat_activity where application_name = 'clan-migrate'")
    .catch(() => undefined);

const backendInTransaction = (postgres: Postgres) =>
  waitUntil("the migration is in its transaction", async () => {
    const begun = (await backends(postgres))?.find(({ xact_start }) => xact_start !== null);
    return begun ? Number(begun.pid) : undefined;
  });

async function requireFailure({ ended }: RunningProcess, isKilled: boolean): Promise<void> {
  const { code, output } = await ended;
  if (isKilled) return expectThat(code === null, `the migration completed before it was killed: ${output}`);
  const isReported = code === 1 && /^migrate: nothing was changed: .*\n$/.test(output);
  expectThat(
    isReported,
    `without its backend, the migration ended with exit code ${code} and printed: ${output}`,
  );
}

async function requireNoChanges(postgres: Postgres): Promise<void> {
  const [found] = await postgres.query(
    `select (select max(version)::int from schema_migrations) as version, to_regclass('emblems') as emblems,
            (select count(*)::int from information_schema.columns
             where table_schema = 'public' and column_name in ('emblem', 'level')) as columns`,
  );
  const isClean = Number(found?.version) < 900 && found?.emblems === null && found?.columns === 0;
  expectThat(isClean, `a killed migration left ${JSON.stringify(found)}`);
}
