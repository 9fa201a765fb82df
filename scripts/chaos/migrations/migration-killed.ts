import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, promised } from "../experiment.ts";
import { type Migration, migrateTo, startMigration } from "../rig/migration.ts";
import { appliedAdditions, makeNextVersion } from "../rig/next-version.ts";
import type { Postgres } from "../rig/postgres.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";

const killsOfProcess = 4;
const killsOfBackend = 2;
// Of the second that it takes: the kill must not come late on a busy machine.
const withinMs = 600;

export const migrationKilled: Experiment = {
  name: "migration-killed",
  promise: "A migration that is killed leaves nothing of itself, and the next one does the whole work.",
  trial: `\`kill -9\` at random moments of a migration of two files: ${killsOfProcess} times of its process, ${killsOfBackend} times of its PostgreSQL backend.`,
  protection:
    "Without `begin` in service/src/database/migrations.ts the first one that was killed left the table of its first file, at version 5.",
  run: () => underLoad(killMigrations),
};

async function killMigrations({ folder, postgres, load }: Rig): Promise<string> {
  const next = makeNextVersion(folder);
  for (let kill = 0; kill < killsOfProcess + killsOfBackend; kill++) {
    const migration = startMigration(next, postgres.adminUrl);
    const pid = await backendInTransaction(postgres);
    await delay(Math.random() * withinMs);
    if (kill < killsOfProcess) migration.kill();
    else process.kill(pid, "SIGKILL");
    await requireFailure(migration, kill < killsOfProcess);
    await until(
      "the killed migration's backend is gone",
      async () => (await backends(postgres))?.length === 0,
    );
    await requireNothingOfIt(postgres);
    await load.untilAcknowledged(5);
  }
  const output = await migrateTo(next, postgres.adminUrl);
  promised(output.includes(appliedAdditions), `after all, the next one said: ${output}`);
  return `nothing of ${killsOfProcess + killsOfBackend} migrations was left, and the next one applied both files`;
}

/** The migration's backends; undefined while PostgreSQL recovers. */
const backends = (postgres: Postgres) =>
  postgres
    .query("select pid, xact_start from pg_stat_activity where application_name = 'clan-migrate'")
    .catch(() => undefined);

const backendInTransaction = (postgres: Postgres) =>
  until("the migration is in its transaction", async () => {
    const begun = (await backends(postgres))?.find(({ xact_start }) => xact_start !== null);
    return begun ? Number(begun.pid) : undefined;
  });

async function requireFailure({ ended }: Migration, isKilled: boolean): Promise<void> {
  const { code, output } = await ended;
  if (isKilled)
    return promised(code === null, `the migration came to its end before it was killed: ${output}`);
  const isTold = code === 1 && /^migrate: nothing was changed: .*\n$/.test(output);
  promised(isTold, `without its backend, the migration ended with exit code ${code} and said: ${output}`);
}

async function requireNothingOfIt(postgres: Postgres): Promise<void> {
  const [found] = await postgres.query(
    `select (select max(version)::int from schema_migrations) as version, to_regclass('emblems') as emblems,
            (select count(*)::int from information_schema.columns
             where table_schema = 'public' and column_name in ('emblem', 'level')) as columns`,
  );
  const isClean = Number(found?.version) < 900 && found?.emblems === null && found?.columns === 0;
  promised(isClean, `a killed migration left ${JSON.stringify(found)}`);
}
