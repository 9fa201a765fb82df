import { type RunningScript, runScript } from "./run.ts";

/** Runs a command of the command line as npm does, with only the given environment; it is killed when the test ends before it. */
export const runCommand = (
  name: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): RunningScript => runScript("clan.ts", [name, ...args], environment);
