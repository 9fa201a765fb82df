import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, expectThat } from "../experiment.ts";
import type { Ledger } from "../harness/ledger.ts";
import { statusOf } from "../harness/observe.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

const awakeRounds = 3;
// The event loop delay is then longer than under any overload.
const suspendedSeconds = 20;
const requestsAtOnce = 20;

/** On Cloud Run an idle instance has no CPU: it detects a restart only when the next request comes. */
export const idleRestart: Experiment = {
  name: "idle-restart",
  guarantee: "After a restart of PostgreSQL while the service is idle, not even the first request fails.",
  method: `${awakeRounds} restarts without requests, and one while the service is suspended for ${suspendedSeconds} s (SIGSTOP); then ${requestsAtOnce} reads and 8 writers at once.`,
  mutation:
    'Without `pool.on("error", …)` in service/src/database/pool.ts the process exited when its idle connections were lost. Without the check of `eventLoopUtilized` in service/src/http/limits.ts, the first requests after the suspension got 503 `OVERLOADED`.',
  run: () =>
    underLoad(
      async (harness) => {
        const firstMs: number[] = [];
        for (let round = 0; round < awakeRounds; round++) firstMs.push(await restartWhileIdle(harness));
        firstMs.push(await restartWhileIdle(harness, suspendedSeconds));
        return `${firstMs.length * requestsAtOnce} first reads within ${Math.round(Math.max(...firstMs))} ms, none failed`;
      },
      // Enough for the imports of all clients at the same time, so that none is shed.
      { mayExit: true, environment: { POOL_MAX: "12" } },
    ),
};

/** Returns the duration of the first requests after the restart, in ms. */
async function restartWhileIdle({ postgres, load, service }: Harness, suspendedSeconds = 0): Promise<number> {
  await load.pause();
  const isSuspended = suspendedSeconds > 0;
  const resumable = delay(suspendedSeconds * 1_000);
  const failedBefore = failures(load.ledger);
  if (isSuspended) process.kill(service.pid, "SIGSTOP");
  let startedAt: number;
  let reading: Promise<string>[];
  try {
    await postgres.end("SIGINT");
    await postgres.start();
    await resumable;
  } finally {
    startedAt = performance.now();
    const paths = Array.from({ length: requestsAtOnce }, (_, n) =>
      n % 2 ? "/clans" : "/user-activity?user_id=a",
    );
    reading = paths.map((path) => statusOf(service.url, { path }));
    load.resume();
    if (isSuspended) {
      // On resuming, it finds both its closed connections and the new requests.
      await delay(100);
      process.kill(service.pid, "SIGCONT");
    }
  }
  for (const read of await Promise.all(reading)) {
    expectThat(read === "200", `a first read after the restart: ${read}`);
  }
  const tookMs = performance.now() - startedAt;
  await load.untilAcknowledged(20);
  const failed = failures(load.ledger) - failedBefore;
  expectThat(failed === 0, `${failed} writes after the restart failed`);
  return tookMs;
}

const failures = (ledger: Ledger) => ledger.count("rejected") + ledger.count("unknown");
