import { setTimeout as delay } from "node:timers/promises";
import { Broken } from "../experiment.ts";

/** Asks again and again until the answer is something, and returns it. @throws {Broken} after `seconds` */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { seconds = 30, everyMs = 20 } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer as NonNullable<Exclude<T, false>>;
    if (performance.now() > deadline) throw new Broken(`waited ${seconds} s until ${what}, in vain`);
    await delay(everyMs);
  }
}
