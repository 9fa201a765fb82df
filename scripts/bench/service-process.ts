import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const serverScript = fileURLToPath(import.meta.resolve("@clan-platform/service/server.ts"));
export const port = 18_080;

/** What a measured service is told, besides its database; what it is measured against is told the same. */
export const quietly = {
  // As in the image (service/Dockerfile).
  NODE_OPTIONS: "--max-semi-space-size=16",
  PORT: String(port),
  HOST: "127.0.0.1",
  RATE_LIMIT_PER_MINUTE: "0",
  LOG_LEVEL: "warn",
};

/** Starts a script that listens on `port`. */
export function spawnScript(script: string, environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [script], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Waits for the first 200 of /health/ready. */
export async function untilReady(child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    await delay(2);
  }
  throw new Error(`it ended with exit code ${child.exitCode} before it was ready`);
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** Runs `work` while the service runs. */
export async function withService<T>(
  environment: NodeJS.ProcessEnv,
  work: (child: ChildProcess) => Promise<T>,
): Promise<T> {
  const child = spawnScript(serverScript, environment);
  try {
    await untilReady(child);
    return await work(child);
  } finally {
    await end(child);
  }
}
