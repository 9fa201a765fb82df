import { fileURLToPath } from "node:url";
import { type RunningProcess, startNode } from "../../testkit/process.ts";

/** Starts a script of `scripts/`, as npm does, with only the given environment. */
export function startCommand(name: string, args: string[], environment: NodeJS.ProcessEnv): RunningProcess {
  return startNode(fileURLToPath(new URL(`../../${name}`, import.meta.url)), args, { environment });
}
