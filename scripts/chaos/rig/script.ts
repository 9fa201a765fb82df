import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A command that runs as npm runs it. */
export interface Script {
  kill(signal: NodeJS.Signals): void;
  /** Exit code, null when a signal ended it, and all that it wrote. */
  ended: Promise<{ code: number | null; output: string }>;
}

/** Starts a script of `scripts/` with only the given environment. */
export function startScript(name: string, args: string[], environment: NodeJS.ProcessEnv): Script {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../${name}`, import.meta.url)), ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  // A run that is broken off leaves nothing behind.
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  const ended = once(child, "close").then(([code]) => {
    process.off("exit", kill);
    return { code: code as number | null, output };
  });
  return { kill: (signal) => void child.kill(signal), ended };
}
