import { type Experiment, promised } from "../experiment.ts";
import { watchFailures } from "../rig/failures.ts";
import { migrateTo } from "../rig/migration.ts";
import { appliedAdditions, makeNextVersion, today } from "../rig/next-version.ts";
import { type Rig, underLoad, untilReady } from "../rig/under-load.ts";

export const olderService: Experiment = {
  name: "older-service",
  promise:
    "Today's service serves on while and after the next version migrates the database, also when it starts anew; today's migration leaves that database alone.",
  trial:
    "The next version migrates the database in use; another instance of today's starts, takes the load, and today's migration runs.",
  protection:
    "With `===` in the place of `>=` in `requireMigrations` (service/src/health/routes.ts) the instance that started on the newer schema was never ready.",
  run: () => underLoad(migrateBeneath, { mayEnd: true, environment: { POOL_MAX: "15" } }),
};

async function migrateBeneath(rig: Rig): Promise<string> {
  const { folder, postgres, load, service } = rig;
  const failures = watchFailures(load);
  const output = await migrateTo(makeNextVersion(folder), postgres.adminUrl);
  promised(output.includes(appliedAdditions), `the next version's migration said: ${output}`);
  await untilReady(service.url);
  await load.untilAcknowledged(100);

  const anew = await rig.startBeside(today.server);
  await untilReady(anew.url);
  rig.sendTo(() => anew.url);
  const told = await migrateTo(today, postgres.adminUrl);
  promised(told.includes("migrated by newer code, nothing to do"), `today's migration said: ${told}`);
  await load.untilAcknowledged(100);
  await service.end("SIGTERM");
  return `${failures.requireNone()} during the migration and after it`;
}
