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
  /** How long one request may take, in milliseconds. */
  requestLimitMs: number;
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

/** A request, whose signal aborts when its time is over; `onProgress` gives it all of that time again. */
type Request<T> = (signal: AbortSignal, onProgress: () => void) => Promise<T>;

/**
 * Makes a request, and repeats it after growing pauses while BigQuery is overloaded or unreachable. For idempotent
 * requests only.
 */
export async function retrying<T>(schedule: RetrySchedule, request: Request<T>): Promise<T> {
  for (const pauseMs of schedule.pausesMs) {
    try {
      return await withinLimit(schedule, request);
    } catch (error) {
      if (!isPassing(error as ThrownError)) throw error;
      await schedule.wait(jittered(pauseMs));
    }
  }
  return await withinLimit(schedule, request);
}

/**
 * Gives up on a request after its time limit. Google's client has none: where a connection breaks without a word, it waits until the
 * process ends (its `timeout` goes to node-fetch, whose version 3 ignores it), and takes no signal. An abandoned call goes on by itself.
 */
async function withinLimit<T>({ requestLimitMs }: RetrySchedule, request: Request<T>): Promise<T> {
  const limit = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `BigQuery did not answer within ${requestLimitMs / 1_000} s`;
    const error: ThrownError = Object.assign(new Error(message), { code: "ETIMEDOUT" });
    limit.abort(error);
    reject(error);
  }, requestLimitMs);
  try {
    return await Promise.race([request(limit.signal, () => timer.refresh()), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** So that many clients don't come back at the same moment. */
export const jittered = (ms: number) => ms * (0.5 + Math.random() / 2);
