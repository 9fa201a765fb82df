import { runCommand } from "./command.ts";
import { freePort } from "./free-port.ts";
import { type RunningScript, untilPrinted } from "./run.ts";

export interface RunningPlatform extends RunningScript {
  /** Where the API listens. */
  api: string;
  dashboard: string;
}

const anyPort = { PORT: "0", DASHBOARD_PORT: "0" };

/** `npm start`, ready, on a data folder; without `--rows` with an empty warehouse, and without `--every` never synced. */
export async function start(
  folder: string,
  args: string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<RunningPlatform> {
  // What a test does not ask for only costs time.
  const rest = [
    ["--rows", "0"],
    ["--every", "0"],
  ].filter(([name = ""]) => !args.includes(name));
  return startAs([...args, ...rest.flat()], folder, environment);
}

/** `npm start` with exactly these options, ready. */
export async function startAs(
  args: string[],
  folder: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<RunningPlatform> {
  const script = runCommand("start", args, {
    DATA_DIR: folder,
    // Chosen by the system, another process could have it as soon as this PostgreSQL stops.
    POSTGRES_PORT: String(await freePort()),
    ...anyPort,
    ...environment,
  });
  await untilPrinted(script, "is ready");
  await untilPrinted(script, "To start over");
  const api = /API +(http:\S+)\/clans/.exec(script.output())?.[1] ?? "no address was printed";
  const dashboard = /Dashboard +(http:\S+)/.exec(script.output())?.[1] ?? "no address was printed";
  return { ...script, api, dashboard };
}

/** Ends a script by a signal; how long that took is in ms. */
export async function stop({ child, ended }: RunningScript, signal: NodeJS.Signals = "SIGTERM") {
  const startedAt = performance.now();
  child.kill(signal);
  return { code: await ended, elapsed: performance.now() - startedAt };
}
