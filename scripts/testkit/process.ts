import type { ChildProcess } from "node:child_process";
import { execa } from "execa";

export interface ProcessOptions {
  /** All that the process gets, in addition to PATH. */
  environment?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Shows its standard error on ours instead of collecting it. */
  showsErrors?: boolean;
}

export interface RunningProcess {
  child: ChildProcess;
  pid: number;
  /** Standard output and error so far, as they came. */
  output(): string;
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Resolves once the process has ended and all output is there. */
  ended: Promise<ProcessResult>;
}

export interface ProcessResult {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  output: string;
  stdout: string;
}

/** Starts a Node script. It is killed when this process ends before it. */
export function startNode(script: string, args: string[] = [], options: ProcessOptions = {}): RunningProcess {
  const { environment = {}, cwd, showsErrors = false } = options;
  const running = execa(process.execPath, [script, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    extendEnv: false,
    ...(cwd !== undefined && { cwd }),
    stdin: "ignore",
    stderr: showsErrors ? "inherit" : "pipe",
    buffer: false,
    reject: false,
    forceKillAfterDelay: false,
  });
  const child = running.nodeChildProcess;
  let output = "";
  let stdout = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
    output += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    output += chunk;
  });
  const end = async () => {
    const { exitCode = null } = await running;
    return { code: exitCode, output, stdout };
  };
  return {
    child,
    pid: child.pid ?? 0,
    output: () => output,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    kill: (signal) => void child.kill(signal),
    ended: end(),
  };
}

/** Runs a Node script to its end and returns its standard output. @throws when it fails, with its output */
export async function runNode(
  script: string,
  args: string[] = [],
  options: ProcessOptions = {},
): Promise<string> {
  const { code, output, stdout } = await startNode(script, args, options).ended;
  if (code !== 0) throw new Error(`${script} ended with exit code ${code}: ${output}`);
  return stdout;
}
