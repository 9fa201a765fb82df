import { fileURLToPath } from "node:url";
import { freePort } from "../../testkit/free-port.ts";
import { startNode } from "../../testkit/process.ts";
import { waitUntil } from "../../testkit/wait-until.ts";
import { expectThat } from "../experiment.ts";
import { sendRequest } from "./http-client.ts";

/** The current version of the service. */
const serverScript = fileURLToPath(import.meta.resolve("@clan-platform/service/server.ts"));

/** The service in a process of its own, as in its container. */
export interface Service {
  url: string;
  port: number;
  pid: number;
  isRunning(): boolean;
  /** Its output: JSON lines of level `warn` and above. */
  log(): string;
  /** Sends a signal and waits until it has ended; how long that took is in ms. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
}

/** Starts it on a free port, or the one of `PORT`, and waits until it responds; the database may be unavailable. */
export async function startService(
  environment: NodeJS.ProcessEnv,
  script: string = serverScript,
): Promise<Service> {
  const port = Number(environment.PORT ?? (await freePort()));
  const defaults = { HOST: "127.0.0.1", RATE_LIMIT_PER_MINUTE: "0", LOG_LEVEL: "warn", LOG_FORMAT: "json" };
  const server = startNode(script, [], { environment: { ...defaults, ...environment, PORT: String(port) } });
  const url = `http://127.0.0.1:${port}`;
  await waitUntil("the service responds", async () => {
    expectThat(server.isRunning(), `the service ended before it responded: ${server.output()}`);
    return (await sendRequest(url, { path: "/health/live" }).catch(() => undefined))?.status === 200;
  });
  return {
    url,
    port,
    pid: server.pid,
    isRunning: server.isRunning,
    log: server.output,
    async end(signal) {
      const startedAt = performance.now();
      server.kill(signal);
      const { code } = await server.ended;
      return { code, ms: performance.now() - startedAt };
    },
  };
}
