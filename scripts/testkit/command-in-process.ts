import type { EventEmitter } from "node:events";
import { format } from "node:util";
import { runCommandLine } from "../commands/command-line/run-command-line.ts";
import { reportAndExit } from "../commands/terminal/report-and-exit.ts";

export interface CommandResult {
  code: number;
  /** Standard output and error, as they came. */
  output: string;
}

/** Thrown by `process.exit`, which must not end the tests. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit with code ${code}`);
    this.code = code;
  }
}

let isRunning = false;

/**
 * Runs a command of the command line to its end within this process, with only the given environment. A process of its own
 * (`runCommand`) takes half a second of CPU more; it is for tests about signals, several commands at once, terminals, and what a
 * process loads.
 */
export async function runCommandInProcess(
  name: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  if (isRunning) throw new Error("Another command runs in this process: run this one by runCommand.");
  isRunning = true;
  let output = "";
  const restores = [
    replaceEnvironment(environment),
    captureOutput((text) => (output += text)),
    trackListeners(),
    trapExit(),
  ];
  try {
    return { code: await exitCodeOf([name, ...args]), output };
  } finally {
    for (const restore of restores) restore();
    isRunning = false;
  }

  /** As `clan.ts` ends. */
  async function exitCodeOf(commandLine: string[]): Promise<number> {
    try {
      await runCommandLine(commandLine).catch(reportAndExit);
      return Number(process.exitCode ?? 0);
    } catch (error) {
      if (error instanceof Exit) return error.code;
      throw error;
    }
  }
}

/** Vitest's own variables and the temporary folder of the run stay. */
function replaceEnvironment(environment: NodeJS.ProcessEnv): () => void {
  const before = { ...process.env };
  const set = (variables: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
    Object.assign(process.env, variables);
  };
  const kept = Object.entries(before).filter(([name]) => /^(PATH|VITEST.*|TMPDIR|TEMP|TMP)$/.test(name));
  // A sentence is one line, which tests look for.
  set({ ...Object.fromEntries(kept), COLUMNS: "1000", ...environment });
  return () => set(before);
}

/** What is logged, and what is written to the streams. */
function captureOutput(onText: (text: string) => void): () => void {
  const { log, error } = console;
  const writes = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  console.log = console.error = (...values: unknown[]) => onText(`${format(...values)}\n`);
  for (const { stream } of writes) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      onText(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
      const done = rest.at(-1);
      if (typeof done === "function") process.nextTick(done);
      return true;
    };
  }
  return () => {
    Object.assign(console, { log, error });
    for (const { stream, write } of writes) stream.write = write;
  };
}

/** Removes the listeners that the command adds for its process. */
function trackListeners(): () => void {
  const places = [
    ...["exit", "SIGINT", "SIGTERM", "SIGHUP"].map((event) => ({ emitter: process as EventEmitter, event })),
    ...[process.stdout, process.stderr].map((emitter) => ({
      emitter: emitter as EventEmitter,
      event: "error",
    })),
  ].map((place) => ({ ...place, before: place.emitter.listeners(place.event) }));
  return () => {
    for (const { emitter, event, before } of places) {
      for (const listener of emitter.listeners(event)) {
        if (!before.includes(listener)) emitter.removeListener(event, listener as () => void);
      }
    }
  };
}

function trapExit(): () => void {
  const { exit, exitCode } = process;
  process.exitCode = undefined;
  process.exit = (code) => {
    throw new Exit(Number(code ?? process.exitCode ?? 0));
  };
  return () => {
    process.exit = exit;
    process.exitCode = exitCode;
  };
}
