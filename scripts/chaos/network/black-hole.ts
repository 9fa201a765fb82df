import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { throughProxies } from "./through-proxies.ts";
import { timedRequest } from "./timed-request.ts";

const holeMs = 6_000;
const handlerLimitMs = 5_000;
const limits = {
  CONNECT_TIMEOUT_MS: "1500",
  LOCK_TIMEOUT_MS: "1000",
  STATEMENT_TIMEOUT_MS: "2000",
  HANDLER_TIMEOUT_MS: String(handlerLimitMs),
};

export const blackHole: Experiment = {
  name: "black-hole",
  guarantee:
    "When packets between service and PostgreSQL are dropped and no connection is closed, every request gets a response within its timeout, PostgreSQL aborts the open transactions, and new connections work once the network is back.",
  method: `All packets between the two are dropped for ${holeMs / 1_000} s, on old and new connections; the old ones stay silent forever. Timeouts: 2 s per statement, ${handlerLimitMs / 1_000} s per request.`,
  mutation:
    "Without `query_timeout` in `service/src/database/pool.ts`, the silent connections were never returned to the pool: no write was acknowledged within a minute after the network was back.",
  run: async () => {
    const observed = await throughProxies(
      async ({ database }, { service, postgres }) => {
        database.isBlackHole = true;
        for (const connection of database.connections) connection.fallSilent();
        const asking = Array.from({ length: 10 }, async (_, n) => {
          await delay((n * holeMs) / 10);
          return timedRequest(service.url, { path: "/clans?page_size=20" });
        });
        const responses = await Promise.all(asking);
        const slowestMs = Math.max(...responses.map(({ ms }) => ms));
        expectThat(
          responses.every(({ status }) => status === 503),
          `without a network, reads got ${responses.map(({ status }) => status).join(", ")}`,
        );
        expectThat(slowestMs < handlerLimitMs + 2_000, `a response took ${slowestMs.toFixed()} ms`);
        await waitUntil("PostgreSQL has aborted the transactions of silent sessions", async () => {
          const busy = await postgres.query(
            "select from pg_stat_activity where application_name = 'clan-service' and state <> 'idle'",
          );
          return busy.length === 0;
        });
        database.isBlackHole = false;
        // As PostgreSQL's TCP keepalive does after a while; the service is not notified.
        for (const { server } of database.connections) server.destroy();
        return `10 reads got 503 without a network, the slowest after ${(slowestMs / 1_000).toFixed(1)} s`;
      },
      { environment: limits },
    );
    expectThat(
      (observed.recoveredMs ?? 0) < handlerLimitMs,
      `it recovered only after ${observed.recoveredMs} ms`,
    );
    return observed;
  },
};
