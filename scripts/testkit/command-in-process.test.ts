import { afterEach, expect, it, vi } from "vitest";
import { runCommandInProcess } from "./command-in-process.ts";
import { temporaryFolder } from "./run.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const state = () => ({
  environment: { ...process.env },
  exitCode: process.exitCode,
  functions: [process.exit, console.log, console.error, process.stdout.write, process.stderr.write],
  listeners: ["exit", "SIGINT", "SIGTERM"].map((event) => process.listeners(event as "exit")),
});

it("returns exit code and output of commands that end well, throw, or are used wrongly, and leaves the process as it was", async () => {
  vi.stubEnv("DATA_DIR", "/nowhere");
  const before = state();
  const DATA_DIR = await temporaryFolder();
  expect(await runCommandInProcess("annotate", ["--list"], { DATA_DIR })).toEqual({
    code: 0,
    output: expect.stringContaining("There are no annotations yet"),
  });
  expect(await runCommandInProcess("validate", [], { DATA_DIR })).toEqual({
    code: 1,
    output: expect.stringContaining("There are no raw rows yet"),
  });
  expect(await runCommandInProcess("validate", ["--bad"], { DATA_DIR })).toEqual({
    code: 64,
    output: expect.stringContaining("Unknown option '--bad'"),
  });
  expect(state()).toEqual(before);
});

it("forgets the options of the call before", async () => {
  const DATA_DIR = await temporaryFolder();
  expect((await runCommandInProcess("annotate", ["--list"], { DATA_DIR })).code).toBe(0);
  expect((await runCommandInProcess("annotate", [], { DATA_DIR })).code).toBe(64);
});

it("refuses a second command while one runs", async () => {
  const DATA_DIR = await temporaryFolder();
  const first = runCommandInProcess("annotate", ["--list"], { DATA_DIR });
  await expect(runCommandInProcess("annotate", ["--list"], { DATA_DIR })).rejects.toThrow("Another command");
  expect((await first).code).toBe(0);
});
