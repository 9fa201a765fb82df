import { type Experiment, promised } from "../experiment.ts";
import { ask } from "../rig/ask.ts";
import { throughProxies } from "./through-proxies.ts";

const statementMs = 3_000;
// The service waits a second longer than PostgreSQL would let a statement run.
const silenceMs = statementMs + 1_000;

export const halfOpen: Experiment = {
  name: "half-open",
  promise:
    "When PostgreSQL has lost all connections of a pool and the service believes in them, this costs one request its limit, not one after another.",
  trial: `Five idle connections end on PostgreSQL's side only, and stay silent on the service's; one client goes on. A statement may take ${statementMs / 1_000} s.`,
  protection:
    "Without `dropIdle(pool)` in `service/src/database/pool.ts`, each of the five connections cost a request its four seconds, and the service recovered after 21 s.",
  run: async () => {
    const seen = await throughProxies(
      async ({ database }, { service, postgres }) => {
        // Of both kinds, for each alone may use two thirds of the pool.
        const paths = ["/clans?page_size=1000", "/user-activity?user_id=nobody"];
        const reads = Array.from({ length: 80 }, (_, n) => ask(service.url, { path: paths[n % 2] ?? "" }));
        await Promise.all(reads);
        const before = await postgres.query(
          "select from pg_stat_activity where application_name = 'clan-service'",
        );
        promised(before.length === 5, `the pool holds ${before.length} connections, not 5`);
        for (const connection of database.connections) {
          connection.fallSilent();
          connection.server.destroy();
        }
        return `${before.length} connections lost`;
      },
      { clients: 1, environment: { STATEMENT_TIMEOUT_MS: String(statementMs), LOCK_TIMEOUT_MS: "1000" } },
    );
    promised((seen.recoveredMs ?? 0) < 2 * silenceMs, `it recovered only after ${seen.recoveredMs} ms`);
    return seen;
  },
};
