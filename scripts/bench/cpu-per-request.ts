import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { RunningProcess } from "../testkit/process.ts";
import { requests } from "./clan-queries.ts";
import { loadHttp } from "./http-load.ts";
import type { HttpRequest } from "./http-message.ts";
import type { Ratio } from "./ratios.ts";
import { port, serverScript, withServer } from "./service-process.ts";
import { median } from "./statistics.ts";

const bareService = fileURLToPath(new URL("bare-service.ts", import.meta.url));
const connections = 32;
const rounds = 3;
// Until then, other threads compile what runs often: a third of the CPU time, and more of it the more code a request runs.
const warmUpSeconds = 8;
const seconds = 3;

const { delete: _, ...clanRequests } = requests;
const measured: Record<string, () => HttpRequest> = {
  ...clanRequests,
  health: () => ({ method: "GET", path: "/health/live" }),
};

/** CPU time per request of the service's process relative to bare Fastify and `pg`, with the same SQL and answer. */
export async function cpuRatios(environment: NodeJS.ProcessEnv): Promise<Ratio[]> {
  const ours: Figures = {};
  const bare: Figures = {};
  for (let round = 0; round < rounds; round++) {
    await measure(serverScript, environment, ours);
    await measure(bareService, environment, bare);
  }
  return Object.keys(measured).map((operation) => {
    const [mine, its] = [median(ours[operation] ?? []), median(bare[operation] ?? [])];
    return {
      what: `${operation}: CPU time per request relative to bare Fastify and pg`,
      ours: `${Math.round(mine)} µs`,
      against: `${Math.round(its)} µs`,
      ratio: mine / its,
    };
  });
}

/** µs per request of each round, by operation. */
type Figures = Record<string, number[]>;

async function measure(script: string, environment: NodeJS.ProcessEnv, figures: Figures): Promise<void> {
  await withServer(script, environment, async (server) => {
    for (const [operation, request] of Object.entries(measured)) {
      const us = await cpuOf(server, request);
      figures[operation] = [...(figures[operation] ?? []), us];
    }
  });
}

/** µs per request, over the same connections as while it warms up: new ones would be handled by code that is compiled again. */
async function cpuOf(server: RunningProcess, request: () => HttpRequest): Promise<number> {
  let answers = 0;
  const now = () => ({ ms: cpuMs(server), answers });
  const load = { connections, seconds: warmUpSeconds + seconds, onAnswer: () => answers++ };
  const [before] = await Promise.all([
    setTimeout(1_000 * warmUpSeconds).then(now),
    loadHttp(port, request, load),
  ]);
  const after = now();
  return (1_000 * (after.ms - before.ms)) / (after.answers - before.answers);
}

/** User and system time of a process, in ms (Linux, where a tick is 10 ms). */
function cpuMs({ pid }: RunningProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
