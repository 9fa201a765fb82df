import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, expectThat } from "../experiment.ts";
import { sendRequest } from "../harness/http-client.ts";
import { underLoad, untilReady } from "../harness/under-load.ts";

export const immediateStop: Experiment = {
  name: "immediate-stop",
  guarantee:
    "While PostgreSQL is down, every request that needs it and `/health/ready` get 503 at once, and `/health/live` gets 200; afterwards the service recovers.",
  method:
    "`pg_ctl stop -m immediate` (SIGQUIT: no checkpoint, recovery at the next start), and a start a second later.",
  mutation:
    'Without "ECONNREFUSED" among `unavailableCodes` in service/src/database/failures.ts, `/health/ready` never returned 503.',
  run: () =>
    underLoad(async ({ postgres, service }) => {
      await postgres.end("SIGQUIT");
      await untilReady(service.url, 503);
      let slowestMs = 0;
      for (const waitUntil = performance.now() + 1_000; performance.now() < waitUntil; await delay(50)) {
        const startedAt = performance.now();
        const { status, text } = await sendRequest(service.url, { path: "/clans" });
        slowestMs = Math.max(slowestMs, performance.now() - startedAt);
        expectThat(status === 503, `/clans without a database: ${status} ${text}`);
      }
      expectThat(slowestMs < 2_000, `503 came after ${Math.round(slowestMs)} ms`);
      await postgres.start();
      return `503 within ${Math.round(slowestMs)} ms`;
    }),
};
