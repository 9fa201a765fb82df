import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, promised } from "../experiment.ts";
import { until } from "../rig/until.ts";
import { throughProxies } from "./through-proxies.ts";
import { timedAsk } from "./timed-ask.ts";

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
  promise:
    "When packets between service and PostgreSQL vanish and nothing is closed, every request is answered within its limit, PostgreSQL lets go of what was begun, and new connections serve once they get through.",
  trial: `Nothing passes between the two for ${holeMs / 1_000} s, on old connections and new ones; the old ones stay silent for good. Limits: 2 s a statement, ${handlerLimitMs / 1_000} s a request.`,
  protection:
    "Without `query_timeout` in `service/src/database/pool.ts`, the connections that had fallen silent never came back to the pool: no write was acknowledged within a minute of the end of the hole.",
  run: async () => {
    const seen = await throughProxies(
      async ({ database }, { service, postgres }) => {
        database.isBlackHole = true;
        for (const connection of database.connections) connection.fallSilent();
        const asking = Array.from({ length: 10 }, async (_, n) => {
          await delay((n * holeMs) / 10);
          return timedAsk(service.url, { path: "/clans?page_size=20" });
        });
        const answers = await Promise.all(asking);
        const slowestMs = Math.max(...answers.map(({ ms }) => ms));
        promised(
          answers.every(({ status }) => status === 503),
          `in the hole, reads were answered ${answers.map(({ status }) => status).join(", ")}`,
        );
        promised(slowestMs < handlerLimitMs + 2_000, `an answer took ${slowestMs.toFixed()} ms`);
        await until("PostgreSQL has given up what silent sessions had begun", async () => {
          const busy = await postgres.query(
            "select from pg_stat_activity where application_name = 'clan-service' and state <> 'idle'",
          );
          return busy.length === 0;
        });
        database.isBlackHole = false;
        // As PostgreSQL's keep-alive probes find out after a while; the service is never told.
        for (const { server } of database.connections) server.destroy();
        return `10 reads answered 503 in the hole, the slowest after ${(slowestMs / 1_000).toFixed(1)} s`;
      },
      { environment: limits },
    );
    promised((seen.recoveredMs ?? 0) < handlerLimitMs, `it recovered only after ${seen.recoveredMs} ms`);
    return seen;
  },
};
