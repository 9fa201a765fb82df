import { type Experiment, promised } from "../experiment.ts";
import { createClient } from "../rig/client.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";

const requests = 200;
const pool = 5;
// What a request waits for a connection (CONNECT_TIMEOUT_MS), works (below 1 s here), and is delayed by a busy machine.
const longestMs = 3_000 + 1_000 + 2_000;

export const crowdedPool: Experiment = {
  name: "crowded-pool",
  promise:
    "Of many requests at once, those that a connection is free for soon are served, and the others get 503 at once or within the limit for waiting.",
  trial: `${requests} creations of clans at once, on a pool of ${pool} and a database that takes 0.2 s for each, three times.`,
  protection:
    "With a minute instead of CONNECT_TIMEOUT_MS for `connectTimeoutMs` in `service/src/database/concurrency-limit.ts`, a request waited 6.5 s.",
  run: () =>
    underLoad(
      async (rig) => {
        await slowDown(rig, 0.2);
        const told: { ms: number; outcome: string }[] = [];
        for (let round = 0; round < 3; round++) told.push(...(await crowd(rig, round)));
        await rig.postgres.query("drop trigger slow on clans");
        const longest = Math.max(...told.map(({ ms }) => ms));
        promised(longest <= longestMs, `a request waited ${Math.round(longest)} ms`);
        const served = told.filter(({ outcome }) => outcome === "acknowledged").length;
        // 5 connections serve 25 a second, for as long as others may wait for them.
        promised(served >= 3 * 25, `only ${served} of ${told.length} were served`);
        promised(served < told.length, "nothing was refused, so that nothing was tried");
        return `${served} of ${told.length} served, the others told so after at most ${(longest / 1_000).toFixed(1)} s`;
      },
      { clients: 2, environment: { POOL_MAX: String(pool) } },
    ),
};

async function slowDown({ postgres }: Rig, seconds: number): Promise<void> {
  await postgres.query(
    `create function sleep() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return new; end $$`,
  );
  await postgres.query("create trigger slow before insert on clans for each row execute function sleep()");
}

/** All at once, each from a client that takes the first answer. */
function crowd({ load, declared, service }: Rig, round: number) {
  const { ledger, complaints } = load;
  return Promise.all(
    Array.from({ length: requests }, async (_, number) => {
      const complain = (about: string) => complaints.push(about);
      const client = createClient({ url: () => service.url, declared, ledger, complain, isPatient: false });
      const startedAt = performance.now();
      const { outcome } = await client.createClan(`crowd ${round} ${number}`);
      return { ms: performance.now() - startedAt, outcome };
    }),
  );
}
