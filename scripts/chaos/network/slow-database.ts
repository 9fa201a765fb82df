import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, expectThat } from "../experiment.ts";
import { throughProxies } from "./through-proxies.ts";
import { timedRequest } from "./timed-request.ts";

const delayMs = 2_000;
const probes = 12;
const handlerLimitMs = 8_000;

export const slowDatabase: Experiment = {
  name: "slow-database",
  guarantee:
    "When every response of PostgreSQL is delayed by two seconds, reads and writes still work, requests over their timeout get 503, and the service recovers with the network.",
  method: `${delayMs} ms of delay in all bytes from PostgreSQL to the service, for 10 s, with a request timeout of ${handlerLimitMs / 1_000} s.`,
  mutation:
    "Without `limitHandlers(app)` in `service/src/app.ts`, a write of six round trips had no timeout, and took 14 s instead of 8.",
  run: async () => {
    const observed = await throughProxies(
      async ({ database }, { service, load }) => {
        database.delayMs.toClient = delayMs;
        const begun = load.ledger.count("acknowledged");
        const reading = Array.from({ length: probes }, async (_, n) => {
          await delay(n * 500);
          return timedRequest(service.url, { path: "/clans?page_size=20" });
        });
        // Six sequential round trips to PostgreSQL: longer than its timeout.
        const longWrite = timedRequest(service.url, {
          method: "POST",
          path: "/clans",
          headers: { "content-type": "application/json", "idempotency-key": "slow" },
          body: JSON.stringify({ name: "slow", region: "EU" }),
        });
        const reads = await Promise.all(reading);
        const write = await longWrite;
        load.ledger.writes.push({ kind: "clan", name: "slow", outcome: "unknown" });
        await delay(2_000);
        const acknowledged = load.ledger.count("acknowledged") - begun;
        database.delayMs.toClient = 0;

        const served = reads.filter(({ status }) => status === 200);
        const slowest = Math.max(...reads.map(({ ms }) => ms), write.ms);
        expectThat(
          reads.every(({ status }) => status === 200 || status === 503),
          `reads got ${reads.map(({ status }) => status).join(", ")}`,
        );
        expectThat(served.length > 0, "no read was served");
        expectThat(acknowledged > 0, "no write was acknowledged");
        expectThat(
          write.status === 503,
          `a write of six round trips got ${write.status} after ${write.ms.toFixed()} ms`,
        );
        expectThat(slowest < handlerLimitMs + 2_000, `a response took ${slowest.toFixed()} ms`);
        return `with the delay ${served.length} of ${probes} reads served, ${acknowledged} writes acknowledged, the slowest response after ${(slowest / 1_000).toFixed(1)} s`;
      },
      {
        environment: { STATEMENT_TIMEOUT_MS: "4000", HANDLER_TIMEOUT_MS: String(handlerLimitMs) },
      },
    );
    expectThat((observed.recoveredMs ?? 0) < 5_000, `it recovered only after ${observed.recoveredMs} ms`);
    return observed;
  },
};
