import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, promised } from "../experiment.ts";
import { throughProxies } from "./through-proxies.ts";
import { timedAsk } from "./timed-ask.ts";

const delayMs = 2_000;
const probes = 12;
const handlerLimitMs = 8_000;

export const slowDatabase: Experiment = {
  name: "slow-database",
  promise:
    "When every answer of PostgreSQL comes two seconds late, reads and writes still work, what takes longer than its limit is answered 503, and all is well as soon as the network is.",
  trial: `${delayMs} ms of delay in all that PostgreSQL sends to the service, for 10 s, with a limit of ${handlerLimitMs / 1_000} s for a request.`,
  protection:
    "Without `limitHandlers(app)` in `service/src/app.ts`, a write that takes six trips had no limit, and was answered after 14 s instead of 8.",
  run: async () => {
    const seen = await throughProxies(
      async ({ database }, { service, load }) => {
        database.delayMs.toClient = delayMs;
        const begun = load.ledger.count("acknowledged");
        const reading = Array.from({ length: probes }, async (_, n) => {
          await delay(n * 500);
          return timedAsk(service.url, { path: "/clans?page_size=20" });
        });
        // Six trips to PostgreSQL one after another: it can't be done in its limit.
        const longWrite = timedAsk(service.url, {
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
        promised(
          reads.every(({ status }) => status === 200 || status === 503),
          `reads were answered ${reads.map(({ status }) => status).join(", ")}`,
        );
        promised(served.length > 0, "no read was served");
        promised(acknowledged > 0, "no write was acknowledged");
        promised(
          write.status === 503,
          `a write that takes six trips was answered ${write.status} after ${write.ms.toFixed()} ms`,
        );
        promised(slowest < handlerLimitMs + 2_000, `an answer took ${slowest.toFixed()} ms`);
        return `with the delay ${served.length} of ${probes} reads served, ${acknowledged} writes acknowledged, the slowest answer after ${(slowest / 1_000).toFixed(1)} s`;
      },
      {
        environment: { STATEMENT_TIMEOUT_MS: "4000", HANDLER_TIMEOUT_MS: String(handlerLimitMs) },
      },
    );
    promised((seen.recoveredMs ?? 0) < 5_000, `it recovered only after ${seen.recoveredMs} ms`);
    return seen;
  },
};
