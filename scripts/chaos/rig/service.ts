import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promised } from "../experiment.ts";
import { ask } from "./ask.ts";
import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

/** The service of today. */
export const serverScript = fileURLToPath(import.meta.resolve("@clan-platform/service/server.ts"));

/** The service as a process of its own, as in its container. */
export interface Service {
  url: string;
  port: number;
  pid: number;
  isRunning(): boolean;
  /** What it wrote: JSON lines from level `warn` on. */
  log(): string;
  /** Sends a signal, and waits for its end; how long that took is in ms. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
}

/** Starts it on a free port, or the one of `PORT`, and waits until it answers; the database may be away. */
export async function startService(
  environment: NodeJS.ProcessEnv,
  script: string = serverScript,
): Promise<Service> {
  const port = Number(environment.PORT ?? (await freePort()));
  const defaults = { HOST: "127.0.0.1", RATE_LIMIT_PER_MINUTE: "0", LOG_LEVEL: "warn", LOG_FORMAT: "json" };
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env.PATH, ...defaults, ...environment, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const output of [child.stdout, child.stderr]) output.on("data", (chunk) => (log += chunk));
  const closed = once(child, "close");
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  // A run that is broken off leaves nothing behind.
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  child.on("close", () => process.off("exit", kill));

  const url = `http://127.0.0.1:${port}`;
  await until("the service answers", async () => {
    promised(isRunning(), `the service ended before it answered: ${log}`);
    return (await ask(url, { path: "/health/live" }).catch(() => undefined))?.status === 200;
  });
  return {
    url,
    port,
    pid: child.pid ?? 0,
    isRunning,
    log: () => log,
    async end(signal) {
      const startedAt = performance.now();
      child.kill(signal);
      const [code] = await closed;
      return { code, ms: performance.now() - startedAt };
    },
  };
}
