import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, promised } from "../experiment.ts";
import { ask } from "../rig/ask.ts";
import { underLoad, untilReady } from "../rig/under-load.ts";

export const immediateStop: Experiment = {
  name: "immediate-stop",
  promise:
    "While PostgreSQL is down, every request that needs it gets 503 at once, `/health/ready` too and `/health/live` 200; afterwards all is as before.",
  trial:
    "`pg_ctl stop -m immediate` (SIGQUIT: no checkpoint, recovery at the next start), and the start a second later.",
  protection:
    'Without "ECONNREFUSED" among `unavailableCodes` in service/src/database/failures.ts, `/health/ready` never said 503.',
  run: () =>
    underLoad(async ({ postgres, service }) => {
      await postgres.end("SIGQUIT");
      await untilReady(service.url, 503);
      let slowestMs = 0;
      for (const until = performance.now() + 1_000; performance.now() < until; await delay(50)) {
        const startedAt = performance.now();
        const { status, text } = await ask(service.url, { path: "/clans" });
        slowestMs = Math.max(slowestMs, performance.now() - startedAt);
        promised(status === 503, `/clans without a database: ${status} ${text}`);
      }
      promised(slowestMs < 2_000, `503 came after ${Math.round(slowestMs)} ms`);
      await postgres.start();
      return `503 within ${Math.round(slowestMs)} ms`;
    }),
};
