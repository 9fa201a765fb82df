import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { atEnd } from "./at-end.ts";
import { waitUntil } from "./wait-until.ts";

const scripts = fileURLToPath(new URL("..", import.meta.url));

export interface RunningScript {
  child: ChildProcess;
  output(): string;
  /** Exit code, once all output is there; null when a signal ended it. */
  ended: Promise<number | null>;
}

/** Runs a script as npm does, with only the given environment; it is killed when the test ends before it. */
export function runScript(
  name: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
  folder = scripts,
): RunningScript {
  const child = spawn(process.execPath, [join(folder, name), ...args], {
    // A sentence is one line, which tests look for.
    env: { PATH: process.env.PATH, COLUMNS: "1000", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const ended = once(child, "close").then(([code]) => code);
  atEnd(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  return { child, output: () => output, ended };
}

/** Waits until a script has printed `text`; fails at once when it ended without. */
export async function untilPrinted({ output, child }: RunningScript, text: string): Promise<void> {
  await waitUntil(`"${text}" is printed`, () => output().includes(text) || child.exitCode !== null);
  expect(output()).toContain(text);
}

/** A folder that is removed after the test, or the tests. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clan-test-"));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** One sentence with the remedy and nothing of our insides. */
export function expectOneSentence(output: string, sentence: RegExp): void {
  expect(output).toMatch(sentence);
  expect(output).not.toMatch(/^\s+at .*:\d+/m);
}
