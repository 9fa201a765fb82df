import { type Experiment, promised } from "../experiment.ts";
import { answerTo } from "../rig/statuses.ts";
import { underLoad, untilReady } from "../rig/under-load.ts";

export const absentAtStart: Experiment = {
  name: "absent-at-start",
  promise:
    "A service that starts before its PostgreSQL lives, says that it is not ready, and is as soon as PostgreSQL has come.",
  trial: "Both are stopped; the service is started, two seconds later PostgreSQL.",
  protection:
    "Without `.catch(() => {})` behind the first `requireMigrations()` in service/src/health/routes.ts the process ended as soon as it had started.",
  run: () =>
    underLoad(
      async ({ postgres, service: first, restartService }) => {
        await first.end("SIGTERM");
        await postgres.end("SIGINT");
        const service = await restartService();
        await untilReady(service.url, 503);
        for (const until = performance.now() + 2_000; performance.now() < until; ) {
          const statuses = await statusesOf(service.url, ["/health/live", "/health/ready", "/clans"]);
          promised(
            statuses === "200, 503 DATABASE_UNAVAILABLE, 503 DATABASE_UNAVAILABLE",
            `live, ready and clans without a database: ${statuses}`,
          );
        }
        await postgres.start();
        const startedAt = performance.now();
        await untilReady(service.url);
        return `ready ${Math.round(performance.now() - startedAt)} ms after PostgreSQL`;
      },
      { mayEnd: true },
    ),
};

async function statusesOf(url: string, paths: string[]): Promise<string> {
  return (await Promise.all(paths.map((path) => answerTo(url, { path })))).join(", ");
}
