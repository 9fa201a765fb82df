import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** What a process holds in memory now, in MB (Linux); 0 when it has ended. */
export function residentMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_000;
  } catch {
    return 0;
  }
}

/** The most that a process held, looked at twenty times a second until something ends. */
export async function highestMemory(pid: number | undefined, until: Promise<unknown>): Promise<number> {
  let highest = 0;
  let isEnded = false;
  const ended = until.then(() => {
    isEnded = true;
  });
  while (!isEnded) {
    highest = Math.max(highest, residentMegabytes(pid));
    await delay(50);
  }
  await ended;
  return highest;
}
