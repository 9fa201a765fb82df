import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "./process-alive.ts";

/** Creates a temporary folder of this process within `folder`, and removes those left by killed processes. */
export function makeWorkFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  removeAbandoned(folder);
  return mkdtempSync(join(folder, `work-${process.pid}-`));
}

/** Removes the work folders of killed processes; with `ours`, also those of this process. */
export function removeAbandoned(folder: string, { ours = false } = {}): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const [, pid] = /^work-(\d+)-/.exec(name) ?? [];
    const isOurs = Number(pid) === process.pid;
    if (pid && (isOurs ? ours : !isAlive(Number(pid))))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}
