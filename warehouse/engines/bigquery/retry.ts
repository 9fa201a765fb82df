import { isPassing, type ThrownError } from "./failures.ts";

/**
 * When to try again. Both the pauses and the clock are passed in, so that tests run through all of them at once, and see
 * them; libraries for retries (p-retry, async-retry) sleep by timers of their own, and count attempts of one function,
 * where a job's attempts (jobs.ts) differ from one another.
 */
export interface RetrySchedule {
  /** The pauses before further attempts, in milliseconds. */
  pausesMs: number[];
  wait(ms: number): Promise<unknown>;
}

/** About two minutes in total. */
const allPausesMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000];

/** The pauses that fit in `patienceMs` in total; by default, all of them. */
export function pausesWithin(patienceMs = Number.POSITIVE_INFINITY): number[] {
  let total = 0;
  return allPausesMs.filter((pauseMs) => {
    total += pauseMs;
    return total <= patienceMs;
  });
}

/**
 * Makes a request, and repeats it after growing pauses while BigQuery is overloaded or unreachable. For idempotent
 * requests only.
 */
export async function retrying<T>(schedule: RetrySchedule, request: () => Promise<T>): Promise<T> {
  for (const pauseMs of schedule.pausesMs) {
    try {
      return await request();
    } catch (error) {
      if (!isPassing(error as ThrownError)) throw error;
      await schedule.wait(jittered(pauseMs));
    }
  }
  return await request();
}

/** So that many clients don't come back at the same moment. */
export const jittered = (ms: number) => ms * (0.5 + Math.random() / 2);
