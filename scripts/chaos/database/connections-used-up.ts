import pg from "pg";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { observe } from "../harness/observe.ts";
import type { Postgres } from "../harness/postgres.ts";
import { underLoad } from "../harness/under-load.ts";

const seconds = 5;
const maxConnections = 20;
// PostgreSQL's default.
const reservedForSuperusers = 3;

export const connectionsUsedUp: Experiment = {
  name: "connections-used-up",
  guarantee:
    "While other clients use up `max_connections`, requests get 503 within the connect timeout and `/health/live` returns 200; once connections are free, the service recovers by itself.",
  method: `Other clients take every connection, including those of the service, and hold them for ${seconds} s.`,
  mutation:
    'Without "53" among `unavailableClasses` in service/src/database/failures.ts, `/clans` returned 500 `INTERNAL`; without the listener for `connect` in service/src/database/pool.ts, the process exited in one of three runs.',
  run: () =>
    underLoad(
      async ({ postgres, service }) => {
        const others = await takeAll(postgres);
        try {
          const end = performance.now() + seconds * 1_000;
          const { responses, slowestMs } = await observe(
            service.url,
            () => ({ path: "/clans" }),
            () => performance.now() > end,
          );
          const summary = [...responses.keys()].join(", ");
          expectThat(summary === "503 DATABASE_UNAVAILABLE", `/clans without a connection: ${summary}`);
          expectThat(slowestMs < 4_000, `503 came after ${Math.round(slowestMs)} ms, and the limit is 3 s`);
          return `503 within ${Math.round(slowestMs)} ms`;
        } finally {
          await Promise.all(others.map((client) => client.end()));
        }
      },
      { settings: [`max_connections=${maxConnections}`] },
    ),
};

/** Opens all connections that are not reserved for superusers, terminating the service's own. */
async function takeAll({ query, serviceUrl }: Postgres): Promise<pg.Client[]> {
  const taken: pg.Client[] = [];
  const hasAll = async () => {
    const client = new pg.Client({ connectionString: serviceUrl });
    client.on("error", () => {});
    try {
      await client.connect();
      taken.push(client);
    } catch {
      // While sessions begin and end, the reserved ones may be in use as well.
      await query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'clan-service'",
      ).catch(() => {});
    }
    return taken.length === maxConnections - reservedForSuperusers;
  };
  await waitUntil("all connections are taken", hasAll, { everyMs: 0 });
  return taken;
}
