import { Semaphore, withTimeout } from "async-mutex";
import { Problem } from "../http/problem.ts";

// Searches take milliseconds: who waits longer is behind hundreds of others.
const waitMs = 2_000;

// One for all requests: creating an error for each would cost most under overload.
const tooManySearches = new Problem(
  503,
  "TOO_MANY_SEARCHES",
  "As many searches are running as this service takes at once; try again in a moment.",
  { headers: { "retry-after": "2" } },
);

/**
 * Returns a search that runs at most `atOnce` times at the same time, so that most connections and cores are left to requests that cost
 * less. A search waits briefly for its turn.
 * @throws {Problem} 503 when it does not come
 */
export function limitSearches<Range, Found>(
  search: (range: Range) => Promise<Found>,
  atOnce: number,
): (range: Range) => Promise<Found> {
  const slots = withTimeout(new Semaphore(atOnce), waitMs, tooManySearches);
  return (range) => slots.runExclusive(() => search(range));
}
