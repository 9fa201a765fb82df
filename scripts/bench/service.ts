import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import pg from "pg";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { clanNameSql, manyClans, type Operation, queries, requests } from "./clan-queries.ts";
import { loadHttp } from "./http-load.ts";
import { median, p99, type Ratio } from "./ratios.ts";
import { end, port, quietly, serverScript, spawnScript, untilReady, withService } from "./service-process.ts";

const runProgram = promisify(execFile);
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const concurrency = 32;
const seconds = 3;
const rounds = 3;

/** The service's speed, as ratios. */
export async function run(): Promise<Ratio[]> {
  const folder = mkdtempSync(join(tmpdir(), "clan-bench-"));
  const cluster = await startCluster({ folder, settings: ["shared_buffers=512MB", "max_wal_size=4GB"] });
  try {
    const url = clusterUrl(cluster, "postgres");
    const environment = {
      DATABASE_URL: url,
      ...quietly,
      // As in the image; the bare processes get it as well.
      NODE_COMPILE_CACHE: join(folder, "compile-cache"),
    };
    await migrate(url);
    const ratios = [await startUp(environment)];
    console.log(`  Filling in ${manyClans.toLocaleString("en")} clans …`);
    await fill(url);
    for (const operation of Object.keys(queries) as Operation[]) {
      console.log(`  Measuring ${operation} …`);
      ratios.push(await throughput(operation, environment));
    }
    console.log("  Measuring search without its index …\n");
    ratios.push(await searchIndex(url, environment));
    return ratios;
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // An index that is made over the rows is the same as one that grew with them, and much sooner there.
  const { rows } = await client.query(
    "select pg_get_indexdef('clans_name_search'::regclass) as create_index",
  );
  await client.query("drop index clans_name_search");
  await client.query(
    `insert into clans (id, name, region, created_at)
     select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
            ${clanNameSql},
            (array['EU', 'US', 'TR', 'JP', null])[1 + n % 5],
            timestamptz '2024-01-01' + n * interval '7 seconds'
     from generate_series(0, $1::int - 1) n`,
    [manyClans],
  );
  await client.query(rows[0].create_index);
  await client.query("vacuum analyze clans");
  await client.end();
}

/** Requests a second of the service over queries a second of bare `pg`, in turn, the median of several rounds each. */
async function throughput(operation: Operation, environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(
      await withService(environment, () =>
        // From this process, which is not the service's.
        loadHttp(port, requests[operation], { connections: concurrency, seconds }),
      ),
    );
    const args = [path("bare-pg.ts"), operation, String(seconds), String(concurrency)];
    const env = { ...process.env, ...environment, DELETE_FROM: String(manyClans / 2 + round * 100_000) };
    bare.push(Number((await runProgram(process.execPath, args, { env })).stdout));
  }
  return {
    what: `${operation}: requests/s over bare pg`,
    ours: `${Math.round(median(ours))}/s`,
    against: `${Math.round(median(bare))}/s`,
    ratio: median(ours) / median(bare),
  };
}

async function searchIndex(url: string, environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // The rounds before left dead rows, a pending list and pages to write, which would be cleared in the middle of this one.
  await client.query("vacuum analyze clans");
  await client.query("checkpoint");
  const withIndex = await withService(environment, () => searchP99(6));
  await client.query("alter database postgres set enable_bitmapscan = off");
  await client.query("alter database postgres set enable_indexscan = off");
  const withoutIndex = await withService(environment, () => searchP99(15));
  await client.end();
  return {
    what: "search among 1,000,000: p99 over sequential scan",
    ours: `${withIndex.toFixed(1)} ms`,
    against: `${withoutIndex.toFixed(1)} ms`,
    ratio: withIndex / withoutIndex,
  };
}

/** The 99th percentile of one client's searches, one after another, in ms: thousands with the index, and some hundred without. */
async function searchP99(seconds: number): Promise<number> {
  const times: number[] = [];
  await loadHttp(port, requests.search, { connections: 1, seconds: 3 });
  await loadHttp(port, requests.search, { connections: 1, seconds, onAnswer: (ms) => times.push(ms) });
  return p99(times);
}

/** Process start to first 200 of /health/ready, over that of a bare Fastify, in turn. */
async function startUp(environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 25; round++) {
    ours.push(await timeToReady(serverScript, environment));
    bare.push(await timeToReady(path("bare-fastify.ts"), environment));
    if (round === 0) await fillCompileCache(environment);
  }
  return {
    what: "start to first 200 of /health/ready over bare Fastify",
    ours: `${Math.round(median(ours))} ms`,
    against: `${Math.round(median(bare))} ms`,
    ratio: median(ours) / median(bare),
  };
}

/** A process that is killed writes no cache; one that stops by itself does. */
async function fillCompileCache(environment: NodeJS.ProcessEnv): Promise<void> {
  for (const script of [serverScript, path("bare-fastify.ts")]) {
    const child = spawnScript(script, environment);
    await untilReady(child);
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  }
}

async function timeToReady(script: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = performance.now();
  const child = spawnScript(script, environment);
  await untilReady(child);
  const elapsed = performance.now() - startedAt;
  await end(child);
  return elapsed;
}
