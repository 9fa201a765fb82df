import { type Experiment, expectThat } from "../experiment.ts";
import { statusOf } from "../harness/observe.ts";
import { underLoad, untilReady } from "../harness/under-load.ts";

export const absentAtStart: Experiment = {
  name: "absent-at-start",
  guarantee:
    "A service that starts before its PostgreSQL stays alive, reports that it is not ready, and becomes ready as soon as PostgreSQL is up.",
  method: "Both are stopped; the service is started, and PostgreSQL two seconds later.",
  mutation:
    "Without `.catch(() => {})` behind the first `requireMigrations()` in service/src/health/routes.ts the process exited right after its start.",
  run: () =>
    underLoad(
      async ({ postgres, service: first, restartService }) => {
        await first.end("SIGTERM");
        await postgres.end("SIGINT");
        const service = await restartService();
        await untilReady(service.url, 503);
        for (const waitUntil = performance.now() + 2_000; performance.now() < waitUntil; ) {
          const statuses = await statusesOf(service.url, ["/health/live", "/health/ready", "/clans"]);
          expectThat(
            statuses === "200, 503 DATABASE_UNAVAILABLE, 503 DATABASE_UNAVAILABLE",
            `live, ready and clans without a database: ${statuses}`,
          );
        }
        await postgres.start();
        const startedAt = performance.now();
        await untilReady(service.url);
        return `ready ${Math.round(performance.now() - startedAt)} ms after PostgreSQL`;
      },
      { mayExit: true },
    ),
};

async function statusesOf(url: string, paths: string[]): Promise<string> {
  return (await Promise.all(paths.map((path) => statusOf(url, { path })))).join(", ");
}
