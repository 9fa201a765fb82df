import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { compileCache } from "./compile-cache.ts";

/**
 * Runs one of the scripts in a process of its own, with this process's environment and more. Node's compile cache is kept for the
 * next start. Not by execa: these processes talk over IPC, and `npm start` is to load little.
 */
export function forkScript(
  name: string,
  args: string[] = [],
  environment: NodeJS.ProcessEnv = {},
  execArgv = process.execArgv,
): ChildProcess {
  return fork(fileURLToPath(new URL(`../${name}`, import.meta.url)), args, {
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...environment },
    execArgv,
  });
}
