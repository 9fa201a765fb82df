import { type Experiment, expectThat } from "../experiment.ts";
import { sendRequest } from "../harness/http-client.ts";
import { throughProxies } from "./through-proxies.ts";

const statementMs = 3_000;
// The service waits a second longer than the statement timeout.
const silenceMs = statementMs + 1_000;

export const halfOpen: Experiment = {
  name: "half-open",
  guarantee:
    "When all connections of the pool are half-open (closed by PostgreSQL only), one request runs into its timeout, not one per connection.",
  method: `Five idle connections are closed on PostgreSQL's side only, and stay silent on the service's; one client continues. The statement timeout is ${statementMs / 1_000} s.`,
  mutation:
    "Without `dropIdle(pool)` in `service/src/database/pool.ts`, each of the five connections delayed a request by four seconds, and the service recovered after 21 s.",
  run: async () => {
    const observed = await throughProxies(
      async ({ database }, { service, postgres }) => {
        // Of both kinds, because each kind may use only two thirds of the pool.
        const paths = ["/clans?page_size=1000", "/user-activity?user_id=nobody"];
        const reads = Array.from({ length: 80 }, (_, n) =>
          sendRequest(service.url, { path: paths[n % 2] ?? "" }),
        );
        await Promise.all(reads);
        const before = await postgres.query(
          "select from pg_stat_activity where application_name = 'clan-service'",
        );
        expectThat(before.length === 5, `the pool holds ${before.length} connections, not 5`);
        for (const connection of database.connections) {
          connection.fallSilent();
          connection.server.destroy();
        }
        return `${before.length} connections lost`;
      },
      { clients: 1, environment: { STATEMENT_TIMEOUT_MS: String(statementMs), LOCK_TIMEOUT_MS: "1000" } },
    );
    expectThat(
      (observed.recoveredMs ?? 0) < 2 * silenceMs,
      `it recovered only after ${observed.recoveredMs} ms`,
    );
    return observed;
  },
};
