import { fileURLToPath } from "node:url";
import { exitCode } from "../../commands/terminal/exit-codes.ts";
import { type RunningProcess, startNode } from "../../testkit/process.ts";

const clan = fileURLToPath(new URL("../../clan.ts", import.meta.url));

/** Starts a command of the command line, as npm does, with only the given environment. */
export function startCommand(name: string, args: string[], environment: NodeJS.ProcessEnv): RunningProcess {
  return startNode(clan, [name, ...args], { environment });
}

/** Whether a command did its work; some rows may have been rejected. */
export const hasCompleted = (code: number | null) => code === exitCode.done || code === exitCode.rowsRejected;
