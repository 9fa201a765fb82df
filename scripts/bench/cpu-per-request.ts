import { readFileSync } from "node:fs";
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
// Until then, other threads compile what runs often.
const warmUpSeconds = 5;
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
      await loadHttp(port, request, { connections, seconds: warmUpSeconds });
      const before = cpuMs(server);
      const startedAt = performance.now();
      const perSecond = await loadHttp(port, request, { connections, seconds });
      const count = (perSecond * (performance.now() - startedAt)) / 1_000;
      const us = (1_000 * (cpuMs(server) - before)) / count;
      figures[operation] = [...(figures[operation] ?? []), us];
    }
  });
}

/** User and system time of a process, in ms (Linux, where a tick is 10 ms). */
function cpuMs({ pid }: RunningProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
