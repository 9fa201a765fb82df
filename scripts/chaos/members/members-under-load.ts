import { fileURLToPath } from "node:url";
import { findBrokenRules } from "../../testkit/broken-rules.ts";
import type { SeededRandom } from "../../testkit/seeded-random.ts";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, ExperimentFailed, expectThat } from "../experiment.ts";
import type { Postgres } from "../harness/postgres.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";
import { withSeed } from "../harness/with-seed.ts";
import { type MemberClients, startMemberClients } from "./member-clients.ts";

const serverScript = fileURLToPath(import.meta.resolve("@clan-platform/service/server.ts"));
const clients = 200;
const clanCount = 10;
const playerCount = 200;
const rounds = 2;

export const membersUnderLoad: Experiment = {
  name: "members-under-load",
  guarantee:
    "Whatever is killed, no clan has more members than it takes, none that has members is without a leader or has two, its member_count is right, nobody is in two clans, no periods of a player overlap, and what was acknowledged is in the history once.",
  method: `${clients} clients of two services let ${playerCount} players join and leave the same ${clanCount} clans, change roles, accept join requests and change max_members; meanwhile, ${rounds} times, \`kill -9\` of one service, \`kill -9\` of a PostgreSQL backend in a transaction, an immediate shutdown of PostgreSQL and a restart of that service.`,
  mutation:
    "With `findClan` instead of `lockClan` in `joinWithin` (service/src/members/join.ts), so that a clan's row was not locked, 18 joins were answered 500: PostgreSQL's own checks refused the last place in a clan a second time.",
  run: () =>
    withSeed((random) =>
      underLoad((harness) => injectFaults(harness, random), {
        mayExit: true,
        clients: 2,
        environment: { POOL_MAX: "12" },
      }),
    ),
};

async function injectFaults(harness: Harness, random: SeededRandom): Promise<string> {
  const { postgres, validate } = harness;
  // The lock of a clan's row is for requests of several processes: one lets its own take turns.
  const second = await harness.startSecond(serverScript);
  const urls = [harness.service.url, second.url];
  const clans = await Promise.all(
    Array.from({ length: clanCount }, (_, number) => createClan(harness, number)),
  );
  const players = Array.from({ length: playerCount }, (_, number) => `player-${number}`);
  const crowd = startMemberClients({ urls, validate, clans, players, clients, random });
  const watch = watchRules(postgres);
  let running = harness.service;
  try {
    for (let round = 0; round < rounds; round++) {
      await untilMore(crowd, 150);
      await running.end("SIGKILL");
      running = await harness.restartService();
      await untilMore(crowd, 150);
      await killBackend(postgres);
      await untilMore(crowd, 150);
      await postgres.end("SIGQUIT");
      await postgres.start();
      await untilMore(crowd, 150);
      await running.end("SIGTERM");
      running = await harness.restartService();
      await untilMore(crowd, 150);
    }
  } finally {
    await crowd.stop();
    await watch.stop();
    await second.end("SIGTERM");
  }
  return verify(crowd, postgres, watch);
}

/** By a client of the harness, which compares the clans in the end. */
async function createClan({ load }: Harness, number: number): Promise<string> {
  const client = load.client({ isRetrying: true });
  const { id } = await client.createClan(`Crowded ${number}`);
  const path = `/clans/${id}`;
  const body = JSON.stringify({ max_members: 12 });
  const changed = await client.send({
    method: "PATCH",
    path,
    headers: { "content-type": "application/json" },
    body,
  });
  expectThat(id && changed?.status === 200, `the clan was not created and changed: ${changed?.text}`);
  return id;
}

async function untilMore({ ledger, responses }: MemberClients, count: number): Promise<void> {
  const before = ledger.acknowledged;
  const isMore = () => ledger.acknowledged >= before + count;
  await waitUntil(`${count} more players have joined or left`, isMore, { seconds: 120 }).catch((error) => {
    throw new ExperimentFailed(`${error.message}; answers so far: ${JSON.stringify([...responses])}`);
  });
}

async function killBackend(postgres: Postgres): Promise<void> {
  const pid = await waitUntil("a backend is in a transaction of clans", async () => {
    const [backend] = await postgres.query(
      `select pid from pg_stat_activity
       where application_name = 'clan-service' and xact_start is not null and query ~ 'clan'
       limit 1`,
    );
    return Number(backend?.pid);
  });
  process.kill(pid, "SIGKILL");
}

/** Looks at what is committed again and again, on a new session after PostgreSQL was away. */
function watchRules(postgres: Postgres) {
  const broken: string[] = [];
  let looks = 0;
  let isStopped = false;
  const look = async () => {
    const session = await postgres.session();
    try {
      while (!isStopped) {
        for (const { rule, found } of await findBrokenRules(session))
          broken.push(`${rule}: ${JSON.stringify(found.slice(0, 3))}`);
        looks++;
      }
    } finally {
      await session.end().catch(() => {});
    }
  };
  const watching = (async () => {
    // Its session breaks with PostgreSQL, whose way back the clients wait for.
    while (!isStopped) await look().catch(() => waitUntil("PostgreSQL answers", () => answers(postgres)));
  })();
  return {
    broken,
    looks: () => looks,
    async stop() {
      isStopped = true;
      await watching;
    },
  };
}

const answers = (postgres: Postgres) =>
  postgres.query("select 1").then(
    () => true,
    () => false,
  );

async function verify(
  { ledger, responses, violations }: MemberClients,
  postgres: Postgres,
  watch: ReturnType<typeof watchRules>,
): Promise<string> {
  expectThat(
    violations.length === 0,
    `${violations.length} violations: ${violations.slice(0, 3).join("; ")}`,
  );
  expectThat(watch.broken.length === 0, `broken: ${watch.broken.slice(0, 3).join("; ")}`);
  const session = await postgres.session();
  const broken = await findBrokenRules(session).finally(() => session.end());
  expectThat(broken.length === 0, `broken in the end: ${broken.map(({ rule }) => rule).join("; ")}`);
  const history = await postgres.query(
    "select user_id, count(*)::int as joined, count(left_at)::int as left from clan_membership_periods group by user_id",
  );
  ledger.verify(history as { user_id: string; joined: number; left: number }[]);
  for (const response of ["201", "204", "409 CLAN_FULL", "409 IN_ANOTHER_CLAN"])
    expectThat((responses.get(response) ?? 0) > 0, `nobody was answered ${response}`);
  const { acknowledged, unknown } = ledger;
  return `${acknowledged} joins and leaves acknowledged, ${unknown} perhaps stored; ${watch.looks()} looks found no broken rule`;
}
