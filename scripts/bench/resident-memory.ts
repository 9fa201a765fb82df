import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** The resident memory of a process in MB (Linux); 0 when it has ended. */
export function residentMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_000;
  } catch {
    return 0;
  }
}

/** The highest resident memory of a process in MB, sampled twenty times per second until something ends. */
export async function peakMemory(pid: number | undefined, until: Promise<unknown>): Promise<number> {
  let highest = 0;
  let hasEnded = false;
  const ended = until.then(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    highest = Math.max(highest, residentMegabytes(pid));
    await delay(50);
  }
  await ended;
  return highest;
}
