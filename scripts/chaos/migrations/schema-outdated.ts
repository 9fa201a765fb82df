import { type Experiment, expectThat } from "../experiment.ts";
import { watchFailedRequests } from "../harness/failed-requests.ts";
import { sendRequest } from "../harness/http-client.ts";
import { migrateTo } from "../harness/migration.ts";
import { makeNextVersion } from "../harness/next-version.ts";
import { type Harness, underLoad, untilReady } from "../harness/under-load.ts";

export const schemaOutdated: Experiment = {
  name: "schema-outdated",
  guarantee:
    "A version that starts before its migration reports that and gets no traffic, and becomes ready once the migration has run.",
  method: "The next version starts next to the current one before its migration, which runs afterwards.",
  mutation:
    "With `return` as the first line of `requireMigrations` (service/src/health/routes.ts) /health/ready returned 200 before the migration.",
  run: () => underLoad(startTooEarly, { mayExit: true, environment: { POOL_MAX: "15" } }),
};

async function startTooEarly(harness: Harness): Promise<string> {
  const { folder, postgres, load, service: old } = harness;
  const failures = watchFailedRequests(load);
  const next = makeNextVersion(folder);
  const early = await harness.startSecond(next.server);
  const ready = await sendRequest(early.url, { path: "/health/ready" });
  expectThat(
    ready.status === 503 && JSON.parse(ready.text).reason === "SCHEMA_OUTDATED",
    `/health/ready of a service before its migration returned ${ready.status} ${ready.text}`,
  );
  await migrateTo(next, postgres.adminUrl);
  const migratedAt = performance.now();
  await untilReady(early.url);
  const ms = Math.round(performance.now() - migratedAt);
  harness.sendTo(() => early.url);
  await load.untilAcknowledged(50);
  await old.end("SIGTERM");
  return `503 SCHEMA_OUTDATED before the migration, 200 within ${ms} ms of it; ${failures.requireNone()}`;
}
