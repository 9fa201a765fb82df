import pg from "pg";
import { type Experiment, promised } from "../experiment.ts";
import type { Postgres } from "../rig/postgres.ts";
import { observe } from "../rig/statuses.ts";
import { underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";

const seconds = 5;
const maxConnections = 20;
// PostgreSQL's default.
const keptForSuperusers = 3;

export const connectionsUsedUp: Experiment = {
  name: "connections-used-up",
  promise:
    "While others use up `max_connections`, requests get 503 within the limit for connecting, `/health/live` 200; once there is room, the service goes on by itself.",
  trial: `Others take every connection, those of the service as well, and keep them for ${seconds} s.`,
  protection:
    'Without "53" among `unavailableClasses` in service/src/database/failures.ts, `/clans` answered 500 `INTERNAL`; without the listener for `connect` in service/src/database/pool.ts, the process ended in one of three runs.',
  run: () =>
    underLoad(
      async ({ postgres, service }) => {
        const others = await takeAll(postgres);
        try {
          const end = performance.now() + seconds * 1_000;
          const { answers, slowestMs } = await observe(
            service.url,
            () => ({ path: "/clans" }),
            () => performance.now() > end,
          );
          const told = [...answers.keys()].join(", ");
          promised(told === "503 DATABASE_UNAVAILABLE", `/clans without a connection: ${told}`);
          promised(slowestMs < 4_000, `503 came after ${Math.round(slowestMs)} ms, and the limit is 3 s`);
          return `503 within ${Math.round(slowestMs)} ms`;
        } finally {
          await Promise.all(others.map((client) => client.end()));
        }
      },
      { settings: [`max_connections=${maxConnections}`] },
    ),
};

/** Opens all connections but those kept for superusers, the service's own as they are cut. */
async function takeAll({ query, serviceUrl }: Postgres): Promise<pg.Client[]> {
  const taken: pg.Client[] = [];
  const hasAll = async () => {
    const client = new pg.Client({ connectionString: serviceUrl });
    client.on("error", () => {});
    try {
      await client.connect();
      taken.push(client);
    } catch {
      // While sessions begin and end, those kept for superusers may be taken as well.
      await query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'clan-service'",
      ).catch(() => {});
    }
    return taken.length === maxConnections - keptForSuperusers;
  };
  await until("all connections are taken", hasAll, { everyMs: 0 });
  return taken;
}
