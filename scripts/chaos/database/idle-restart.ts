import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, promised } from "../experiment.ts";
import type { Ledger } from "../rig/ledger.ts";
import { answerTo } from "../rig/statuses.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";

const awakeRounds = 3;
// The event loop is then later than under any overload.
const frozenSeconds = 20;
const requestsAtOnce = 20;

/** On Cloud Run an instance without requests has no processor: it learns of a restart when the next request comes. */
export const idleRestart: Experiment = {
  name: "idle-restart",
  promise: "After a restart of PostgreSQL that nobody noticed, not even the first request fails.",
  trial: `${awakeRounds} restarts while nobody asks, and one while the service is frozen for ${frozenSeconds} s (SIGSTOP); then ${requestsAtOnce} reads and 8 writers at once.`,
  protection:
    'Without `pool.on("error", …)` in service/src/database/pool.ts the process ended when its idle connections broke. Without the look at `eventLoopUtilized` in service/src/http/limits.ts, the first requests after the freeze were answered 503 `OVERLOADED`.',
  run: () =>
    underLoad(
      async (rig) => {
        const firstMs: number[] = [];
        for (let round = 0; round < awakeRounds; round++) firstMs.push(await restartUnnoticed(rig));
        firstMs.push(await restartUnnoticed(rig, frozenSeconds));
        return `${firstMs.length * requestsAtOnce} first reads within ${Math.round(Math.max(...firstMs))} ms, none failed`;
      },
      // Enough for every client's import at once, so that none is refused for their number.
      { mayEnd: true, environment: { POOL_MAX: "12" } },
    ),
};

/** How long the first requests afterwards took, in ms. */
async function restartUnnoticed({ postgres, load, service }: Rig, frozenSeconds = 0): Promise<number> {
  await load.pause();
  const isFrozen = frozenSeconds > 0;
  const thawed = delay(frozenSeconds * 1_000);
  const failedBefore = failures(load.ledger);
  if (isFrozen) process.kill(service.pid, "SIGSTOP");
  let startedAt: number;
  let reading: Promise<string>[];
  try {
    await postgres.end("SIGINT");
    await postgres.start();
    await thawed;
  } finally {
    startedAt = performance.now();
    const paths = Array.from({ length: requestsAtOnce }, (_, n) =>
      n % 2 ? "/clans" : "/user-activity?user_id=a",
    );
    reading = paths.map((path) => answerTo(service.url, { path }));
    load.resume();
    if (isFrozen) {
      // What it finds when it wakes up are the ends of its connections and the new requests, both.
      await delay(100);
      process.kill(service.pid, "SIGCONT");
    }
  }
  for (const read of await Promise.all(reading)) {
    promised(read === "200", `a first read after the restart: ${read}`);
  }
  const tookMs = performance.now() - startedAt;
  await load.untilAcknowledged(20);
  const failed = failures(load.ledger) - failedBefore;
  promised(failed === 0, `${failed} writes after the restart failed`);
  return tookMs;
}

const failures = (ledger: Ledger) => ledger.count("refused") + ledger.count("unknown");
