import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { makeFolderInMemory } from "./folder-in-memory.ts";

const prefix = "clan-abandoned-test-";

it.runIf(existsSync("/dev/shm"))("removes what a killed run has left, and nothing of one that runs", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const [abandoned, used] = [`/dev/shm/${prefix}${pid}-abc123`, `/dev/shm/${prefix}${process.ppid}-abc123`];
  for (const folder of [abandoned, used]) mkdirSync(folder);
  const made = makeFolderInMemory(prefix);
  onTestFinished(() => {
    for (const folder of [abandoned, used, made]) rmSync(folder, { recursive: true, force: true });
  });
  expect([abandoned, used, made].map(existsSync)).toEqual([false, true, true]);
});
