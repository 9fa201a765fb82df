import { type Experiment, expectThat } from "../experiment.ts";
import { createClient } from "../harness/load-client.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

const requests = 200;
const pool = 5;
// Waiting for a connection (CONNECT_TIMEOUT_MS), the work itself (below 1 s here), and the delay of a busy machine.
const longestMs = 3_000 + 1_000 + 2_000;

export const crowdedPool: Experiment = {
  name: "crowded-pool",
  guarantee:
    "Of many concurrent requests, those that get a connection soon are served, and the others get 503 at once or within the connect timeout.",
  method: `${requests} concurrent creations of clans, on a pool of ${pool} and a database that takes 0.2 s for each, three times.`,
  mutation:
    "With a minute instead of CONNECT_TIMEOUT_MS for `connectTimeoutMs` in `service/src/database/concurrency-limit.ts`, a request waited 6.5 s.",
  run: () =>
    underLoad(
      async (harness) => {
        await slowDown(harness, 0.2);
        const results: { ms: number; outcome: string }[] = [];
        for (let round = 0; round < 3; round++) results.push(...(await crowd(harness, round)));
        await harness.postgres.query("drop trigger slow on clans");
        const longest = Math.max(...results.map(({ ms }) => ms));
        expectThat(longest <= longestMs, `a request waited ${Math.round(longest)} ms`);
        const served = results.filter(({ outcome }) => outcome === "acknowledged").length;
        // 5 connections serve 25 per second, for as long as requests may wait for them.
        expectThat(served >= 3 * 25, `only ${served} of ${results.length} were served`);
        expectThat(served < results.length, "nothing was rejected: the load was too low");
        return `${served} of ${results.length} served, the others rejected after at most ${(longest / 1_000).toFixed(1)} s`;
      },
      { clients: 2, environment: { POOL_MAX: String(pool) } },
    ),
};

async function slowDown({ postgres }: Harness, seconds: number): Promise<void> {
  await postgres.query(
    `create function sleep() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return new; end $$`,
  );
  await postgres.query("create trigger slow before insert on clans for each row execute function sleep()");
}

/** Sends all concurrently, each from a client that does not retry. */
function crowd({ load, validate, service }: Harness, round: number) {
  const { ledger, violations } = load;
  return Promise.all(
    Array.from({ length: requests }, async (_, number) => {
      const reportViolation = (about: string) => violations.push(about);
      const client = createClient({
        url: () => service.url,
        validate,
        ledger,
        reportViolation,
        isRetrying: false,
      });
      const startedAt = performance.now();
      const { outcome } = await client.createClan(`crowd ${round} ${number}`);
      return { ms: performance.now() - startedAt, outcome };
    }),
  );
}
