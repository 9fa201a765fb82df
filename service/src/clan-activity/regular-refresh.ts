import type { Database } from "../database/database.ts";
import { refreshLeaderboard } from "./refresh-leaderboard.ts";

const everyMs = 60_000;

export interface RegularRefresh {
  /** Refreshes the leaderboard soon, unless it is fresh; does not wait for it. */
  request(): void;
  /** Waits for a refresh that runs, and begins none any more. */
  stop(): Promise<void>;
}

/**
 * Refreshes the leaderboard every minute, and at a request for it: an instance without requests may get no CPU time
 * (https://cloud.google.com/run/docs/configuring/billing-settings). A refresh that fails is left to the next.
 */
export function refreshRegularly(database: Database, onError: (error: Error) => void): RegularRefresh {
  let running: Promise<unknown> | undefined;
  let isStopped = false;
  const request = () => {
    if (running || isStopped) return;
    running = refreshLeaderboard(database)
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(request, everyMs).unref();
  return {
    request,
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
