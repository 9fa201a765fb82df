import { fileURLToPath } from "node:url";
import getPort from "get-port";
import { type RunningProcess, startNode } from "../testkit/process.ts";
import { waitUntil } from "../testkit/wait-until.ts";

export const serverScript = fileURLToPath(import.meta.resolve("@clan-platform/service/server.ts"));
// Another one when something else listens there, which would be measured instead.
export const port = await getPort({ port: 18_080, host: "127.0.0.1" });

/** Environment of a measured service, without its database; the baseline gets the same. */
export const quietly = {
  // As in the image (service/Dockerfile).
  NODE_OPTIONS: "--max-semi-space-size=16",
  PORT: String(port),
  HOST: "127.0.0.1",
  RATE_LIMIT_PER_MINUTE: "0",
  LOG_LEVEL: "warn",
};

/** Starts a script that listens on `port`. */
export function startServer(script: string, environment: NodeJS.ProcessEnv): RunningProcess {
  return startNode(script, [], { environment: { ...process.env, ...environment }, showsErrors: true });
}

/** Waits for the first 200 of /health/ready. */
export async function untilReady(server: RunningProcess): Promise<void> {
  const isReady = async () => {
    if (!server.isRunning()) throw new Error("the server ended before it was ready");
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    return answer?.status === 200;
  };
  await waitUntil("the server is ready", isReady, { everyMs: 2, seconds: 60 });
}

export async function end(server: RunningProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  server.kill(signal);
  await server.ended;
}

/** Runs `work` while the service runs. */
export const withService = <T>(
  environment: NodeJS.ProcessEnv,
  work: (service: RunningProcess) => Promise<T>,
): Promise<T> => withServer(serverScript, environment, work);

/** Runs `work` while a script that listens on `port` runs. */
export async function withServer<T>(
  script: string,
  environment: NodeJS.ProcessEnv,
  work: (server: RunningProcess) => Promise<T>,
): Promise<T> {
  const server = startServer(script, environment);
  try {
    await untilReady(server);
    return await work(server);
  } finally {
    await end(server);
  }
}
