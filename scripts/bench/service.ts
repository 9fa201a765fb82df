import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { fillClans } from "../testkit/fill-clans.ts";
import { runNode } from "../testkit/process.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import { manyClans, type Operation, queries, requests } from "./clan-queries.ts";
import { connected } from "./connected.ts";
import { cpuRatios } from "./cpu-per-request.ts";
import { loadHttp } from "./http-load.ts";
import type { Ratio } from "./ratios.ts";
import { searchRatios } from "./search.ts";
import { end, port, quietly, serverScript, startServer, untilReady, withService } from "./service-process.ts";
import { median } from "./statistics.ts";

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
    await connected(url, (client) => fillClans(client, manyClans));
    for (const operation of Object.keys(queries) as Operation[]) {
      console.log(`  Measuring ${operation} …`);
      ratios.push(await throughput(operation, environment));
    }
    console.log("  Measuring CPU time per request …");
    ratios.push(...(await cpuRatios(environment)));
    return [...ratios, ...(await searchRatios(url, environment))];
  } finally {
    await cluster.stop();
  }
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
