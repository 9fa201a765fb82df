import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const compiled = fileURLToPath(new URL("../../node_modules/.cache/clan-compiled", import.meta.url));

/**
 * Runs one of the scripts as a separate process, with our environment and more; Node caches what it compiles for it
 * for the next start.
 */
export function forkScript(
  name: string,
  args: string[] = [],
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  return fork(fileURLToPath(new URL(`../${name}`, import.meta.url)), args, {
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, ...environment },
  });
}
