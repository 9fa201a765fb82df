import { type Experiment, promised } from "../experiment.ts";
import { ask } from "../rig/ask.ts";
import { watchFailures } from "../rig/failures.ts";
import { migrateTo } from "../rig/migration.ts";
import { makeNextVersion } from "../rig/next-version.ts";
import { type Rig, underLoad, untilReady } from "../rig/under-load.ts";

export const schemaOutdated: Experiment = {
  name: "schema-outdated",
  promise:
    "A service that comes before its migration says so and gets no traffic, and is ready by itself once the migration has run.",
  trial: "The next version starts beside today's before its migration, which runs afterwards.",
  protection:
    "With `return` as the first line of `requireMigrations` (service/src/health/routes.ts) /health/ready said 200 before the migration.",
  run: () => underLoad(startTooEarly, { mayEnd: true, environment: { POOL_MAX: "15" } }),
};

async function startTooEarly(rig: Rig): Promise<string> {
  const { folder, postgres, load, service: old } = rig;
  const failures = watchFailures(load);
  const next = makeNextVersion(folder);
  const early = await rig.startBeside(next.server);
  const ready = await ask(early.url, { path: "/health/ready" });
  promised(
    ready.status === 503 && JSON.parse(ready.text).reason === "SCHEMA_OUTDATED",
    `/health/ready of a service before its migration said ${ready.status} ${ready.text}`,
  );
  await migrateTo(next, postgres.adminUrl);
  const migratedAt = performance.now();
  await untilReady(early.url);
  const ms = Math.round(performance.now() - migratedAt);
  rig.sendTo(() => early.url);
  await load.untilAcknowledged(50);
  await old.end("SIGTERM");
  return `503 SCHEMA_OUTDATED before the migration, 200 within ${ms} ms of it; ${failures.requireNone()}`;
}
