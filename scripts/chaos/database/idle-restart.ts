import { type Experiment, promised } from "../experiment.ts";
import type { Ledger } from "../rig/ledger.ts";
import { answerTo } from "../rig/statuses.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";

const rounds = 3;
const requestsAtOnce = 20;

/** On Cloud Run an instance without requests has no processor: it learns of a restart when the next request comes. */
export const idleRestart: Experiment = {
  name: "idle-restart",
  promise: "After a restart of PostgreSQL that nobody noticed, not even the first request fails.",
  trial: `${rounds} restarts while nobody asks, ${rounds} more while the service is frozen (SIGSTOP); then ${requestsAtOnce} reads and 8 writers at once.`,
  protection:
    'Without `pool.on("error", …)` in service/src/database/pool.ts the process ended when its idle connections broke.',
  run: () =>
    underLoad(
      async (rig) => {
        const firstMs: number[] = [];
        for (let round = 0; round < 2 * rounds; round++) {
          firstMs.push(await restartUnnoticed(rig, round >= rounds));
        }
        return `${firstMs.length * requestsAtOnce} first reads within ${Math.round(Math.max(...firstMs))} ms, none failed`;
      },
      // Enough for every client's import at once, so that none is refused for their number.
      { mayEnd: true, environment: { POOL_MAX: "12" } },
    ),
};

/** How long the first requests afterwards took, in ms. */
async function restartUnnoticed({ postgres, load, service }: Rig, isFrozen: boolean): Promise<number> {
  await load.pause();
  const failedBefore = failures(load.ledger);
  if (isFrozen) process.kill(service.pid, "SIGSTOP");
  let startedAt: number;
  let reading: Promise<string>[];
  try {
    await postgres.end("SIGINT");
    await postgres.start();
  } finally {
    startedAt = performance.now();
    const paths = Array.from({ length: requestsAtOnce }, (_, n) =>
      n % 2 ? "/clans" : "/user-activity?user_id=a",
    );
    reading = paths.map((path) => answerTo(service.url, { path }));
    load.resume();
    if (isFrozen) process.kill(service.pid, "SIGCONT");
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
