import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import pg from "pg";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { runNode } from "../testkit/process.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import { clanNameSql, manyClans, type Operation, queries, requests } from "./clan-queries.ts";
import { loadHttp } from "./http-load.ts";
import type { Ratio } from "./ratios.ts";
import { end, port, quietly, serverScript, startServer, untilReady, withService } from "./service-process.ts";
import { median, p99 } from "./statistics.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const concurrency = 32;
const seconds = 3;
const rounds = 3;

/** The service's speed, as ratios. */
export const run = (): Promise<Ratio[]> => inTemporaryFolder(measure);

async function measure(folder: string): Promise<Ratio[]> {
  const cluster = await startCluster({ folder, settings: ["shared_buffers=512MB", "max_wal_size=4GB"] });
  try {
    const url = clusterUrl(cluster, "postgres");
    const environment = {
      DATABASE_URL: url,
      ...quietly,
      // As in the image; the baseline gets it as well.
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
  }
}

async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // Building the index over the rows gives the same one as inserting into it, much faster.
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

/** Requests per second of the service relative to queries per second of bare `pg`: alternately, medians of several rounds. */
async function throughput(operation: Operation, environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(
      await withService(environment, () =>
        // The load comes from this process.
        loadHttp(port, requests[operation], { connections: concurrency, seconds }),
      ),
    );
    const args = [operation, String(seconds), String(concurrency)];
    const env = { ...process.env, ...environment, DELETE_FROM: String(manyClans / 2 + round * 100_000) };
    bare.push(Number(await runNode(path("bare-pg.ts"), args, { environment: env })));
  }
  return {
    what: `${operation}: requests/s relative to bare pg`,
    ours: `${Math.round(median(ours))}/s`,
    against: `${Math.round(median(bare))}/s`,
    ratio: median(ours) / median(bare),
  };
}

async function searchIndex(url: string, environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // The earlier rounds left dead rows, a pending list and dirty pages, which would be cleaned up during this one.
  await client.query("vacuum analyze clans");
  await client.query("checkpoint");
  const withIndex = await withService(environment, () => searchP99(6));
  await client.query("alter database postgres set enable_bitmapscan = off");
  await client.query("alter database postgres set enable_indexscan = off");
  const withoutIndex = await withService(environment, () => searchP99(15));
  await client.end();
  return {
    what: "search among 1,000,000: p99 relative to a sequential scan",
    ours: `${withIndex.toFixed(1)} ms`,
    against: `${withoutIndex.toFixed(1)} ms`,
    ratio: withIndex / withoutIndex,
  };
}

/** The 99th percentile of one client's searches, one after another, in ms: thousands with the index, a few hundred without. */
async function searchP99(seconds: number): Promise<number> {
  const times: number[] = [];
  await loadHttp(port, requests.search, { connections: 1, seconds: 3 });
  await loadHttp(port, requests.search, { connections: 1, seconds, onAnswer: (ms) => times.push(ms) });
  return p99(times);
}

/** Process start to first 200 of /health/ready, relative to a bare Fastify, measured alternately. */
async function startUp(environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 25; round++) {
    ours.push(await timeToReady(serverScript, environment));
    bare.push(await timeToReady(path("bare-fastify.ts"), environment));
    if (round === 0) await fillCompileCache(environment);
  }
  return {
    what: "start to first 200 of /health/ready relative to bare Fastify",
    ours: `${Math.round(median(ours))} ms`,
    against: `${Math.round(median(bare))} ms`,
    ratio: median(ours) / median(bare),
  };
}

/** A killed process writes no cache; one that exits does. */
async function fillCompileCache(environment: NodeJS.ProcessEnv): Promise<void> {
  for (const script of [serverScript, path("bare-fastify.ts")]) {
    const child = startServer(script, environment);
    await untilReady(child);
    await end(child, "SIGTERM");
  }
}

async function timeToReady(script: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = performance.now();
  const child = startServer(script, environment);
  await untilReady(child);
  const elapsed = performance.now() - startedAt;
  await end(child);
  return elapsed;
}
