import { type Experiment, expectThat } from "../experiment.ts";
import { watchFailedRequests } from "../harness/failed-requests.ts";
import { migrateTo } from "../harness/migration.ts";
import { appliedAdditions, current, makeNextVersion } from "../harness/next-version.ts";
import { type Harness, underLoad, untilReady } from "../harness/under-load.ts";

export const olderService: Experiment = {
  name: "older-service",
  guarantee:
    "The current version keeps serving during and after the next version's migration, also after a restart; the current version's migration does not change that database.",
  method:
    "The next version migrates the database in use; another instance of the current version starts and takes the load, and the current version's migration runs.",
  mutation:
    "With `===` instead of `>=` in `requireMigrations` (service/src/health/routes.ts) the instance that started on the newer schema was never ready.",
  run: () => underLoad(migrateInUse, { mayExit: true, environment: { POOL_MAX: "15" } }),
};

async function migrateInUse(harness: Harness): Promise<string> {
  const { folder, postgres, load, service } = harness;
  const failures = watchFailedRequests(load);
  const output = await migrateTo(makeNextVersion(folder), postgres.adminUrl);
  expectThat(output.includes(appliedAdditions), `the next version's migration printed: ${output}`);
  await untilReady(service.url);
  await load.untilAcknowledged(100);

  const restarted = await harness.startSecond(current.server);
  await untilReady(restarted.url);
  harness.sendTo(() => restarted.url);
  const summary = await migrateTo(current, postgres.adminUrl);
  expectThat(
    summary.includes("migrated by newer code, nothing to do"),
    `the current version's migration printed: ${summary}`,
  );
  await load.untilAcknowledged(100);
  await service.end("SIGTERM");
  return `${failures.requireNone()} during the migration and after it`;
}
