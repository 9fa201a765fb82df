import { fileURLToPath } from "node:url";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import pg from "pg";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { clanId } from "../testkit/fill-clans.ts";
import { fillMembers, playerId } from "../testkit/fill-members.ts";
import { runNode, startNode } from "../testkit/process.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import { connected } from "./connected.ts";
import { loadHttp } from "./http-load.ts";
import type { HttpRequest } from "./http-message.ts";
import { filled, type MemberOperation, memberQueries, memberRequests } from "./member-queries.ts";
import type { Ratio } from "./ratios.ts";
import { port, quietly, withService } from "./service-process.ts";
import { median, p99 } from "./statistics.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const concurrency = 32;
// Few enough that latencies are not those of a queue.
const fewConnections = 2;
const seconds = 3;
// A server runs for longer than it takes to compile what runs often.
const warmUpSeconds = 2;
// Until then, V8 still compiles what each request runs: the slowest hundredth takes three times as long as in a service that has
// run for a minute.
const warmUpRequests = 20_000;
const rounds = 3;
const crowdedRounds = 5;
const busy = 503;
const popularClan = clanId(0);
const offeredJoins = 1_000;

/** The speed of joining, leaving and reading, and what a popular clan does to the others, as ratios. */
export const run = (): Promise<Ratio[]> => inTemporaryFolder(measure);

async function measure(folder: string): Promise<Ratio[]> {
  const cluster = await startCluster({ folder, settings: ["shared_buffers=512MB", "max_wal_size=4GB"] });
  try {
    const url = clusterUrl(cluster, "postgres");
    const environment = { DATABASE_URL: url, ...quietly };
    await migrate(url);
    console.log(
      `  Filling in ${filled.clans.toLocaleString("en")} clans with ${filled.members.toLocaleString("en")} members …`,
    );
    await connected(url, async (client) => {
      await fillMembers(client, filled);
      await client.query("update clans set max_members = 500 where id = $1", [popularClan]);
    });
    const ratios: Ratio[] = [];
    for (const operation of Object.keys(memberQueries) as MemberOperation[]) {
      console.log(`  Measuring ${operation} …`);
      ratios.push(await throughput(operation, environment));
    }
    console.log("  Measuring latencies …");
    ratios.push(await ownClanLatency(url, environment));
    return [...ratios, await popularClanLatency(environment)];
  } finally {
    await cluster.stop();
  }
}

/** Requests per second of the service relative to bare `pg` with the same SQL in one transaction: alternately, the median of several rounds. */
async function throughput(operation: MemberOperation, environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(
      await withService(environment, async () => {
        const request = memberRequests[operation];
        await loadHttp(port, request, { connections: concurrency, seconds: warmUpSeconds });
        return loadHttp(port, request, { connections: concurrency, seconds });
      }),
    );
    const args = [operation, seconds, concurrency, warmUpSeconds].map(String);
    const env = { ...process.env, ...environment, LEAVE_FROM: String((filled.members * (7 + round)) / 10) };
    bare.push(Number(await runNode(path("bare-pg.ts"), args, { environment: env })));
  }
  return {
    what: `${operation}: requests/s relative to bare pg`,
    ours: `${Math.round(median(ours))}/s`,
    against: `${Math.round(median(bare))}/s`,
    // Of pairs, between which other work on the machine changes least.
    ratio: median(ours.map((rate, round) => rate / (bare[round] ?? Number.NaN))),
  };
}

/** A request that was refused counts as one that was never answered. */
async function latencies(next: () => HttpRequest): Promise<number[]> {
  const times: number[] = [];
  const onAnswer = (ms: number, status: number) =>
    void times.push(status === busy ? Number.POSITIVE_INFINITY : ms);
  await loadHttp(port, next, { connections: fewConnections, seconds, onAnswer, expected: [busy] });
  return times;
}

async function warmUp(next: () => HttpRequest): Promise<void> {
  for (let sent = 0; sent < warmUpRequests; ) sent += (await latencies(next)).length;
}

/** Of the service relative to the primary key's row over `pg` from this process, alternately. */
async function ownClanLatency(url: string, environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const ours: number[] = [];
  const bare: number[] = [];
  await bareLatencies(url);
  for (let round = 0; round < rounds; round++) {
    ours.push(
      await withService(environment, async () => {
        await warmUp(memberRequests["own clan"]);
        return p99(await latencies(memberRequests["own clan"]));
      }),
    );
    bare.push(p99(await bareLatencies(url)));
  }
  return ratioOfLatencies("GET /users/{id}/clan: p99 relative to a bare query by key", ours, bare);
}

async function bareLatencies(url: string): Promise<number[]> {
  const pool = new pg.Pool({ connectionString: url, max: fewConnections });
  const times: number[] = [];
  const endsAt = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from({ length: fewConnections }, async () => {
      while (performance.now() < endsAt) {
        const startedAt = performance.now();
        const player = playerId(Math.floor(Math.random() * filled.members));
        await pool.query("select * from clan_members where user_id = $1", [player]);
        times.push(performance.now() - startedAt);
      }
    }),
  );
  await pool.end();
  return times;
}

/** Reads and joins of other clans while players crowd into one, relative to the same without it, alternately. */
async function popularClanLatency(environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const kinds = [memberRequests.join, memberRequests["own clan"], memberRequests.members];
  let sent = 0;
  const next = () => (kinds[sent++ % kinds.length] ?? memberRequests.members)();
  const others = () => latencies(next);
  const crowded: number[] = [];
  const idle: number[] = [];
  let answers = "";
  let refused = 0;
  const withCrowd = async (work: () => Promise<number[]>) => {
    const crowd = startNode(path("popular-clan-client.ts"), [
      String(port),
      popularClan,
      String(offeredJoins),
    ]);
    const times = await work();
    crowd.kill("SIGTERM");
    await crowd.ended;
    answers = crowd.output();
    return times;
  };
  await withService(environment, async () => {
    await warmUp(next);
    await withCrowd(others);
    for (let round = 0; round < crowdedRounds; round++) {
      idle.push(p99(await others()));
      const times = await withCrowd(others);
      crowded.push(p99(times));
      refused += times.filter((ms) => ms === Number.POSITIVE_INFINITY).length;
    }
  });
  console.log(
    `  Of the joins to the popular clan, in the last round: ${answers}; of the other requests, ${refused} refused`,
  );
  const what = "other clans' routes with 1,000 joins/s to one clan: p99 relative to idle";
  return ratioOfLatencies(what, crowded, idle);
}

function ratioOfLatencies(what: string, ours: number[], against: number[]): Ratio {
  const ms = (values: number[]) => `${median(values).toFixed(1)} ms`;
  return { what, ours: ms(ours), against: ms(against), ratio: median(ours) / median(against) };
}
