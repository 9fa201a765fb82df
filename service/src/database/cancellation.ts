import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

/** Stops cancelling, and resolves when no further cancellation can arrive. */
export type StopCancelling = () => Promise<void>;

/** Cancels what `client` is running once `signal` aborts, until that is stopped. */
export function cancelOnAbort(pool: pg.Pool, client: pg.ClientBase, signal: AbortSignal): StopCancelling {
  const { start, stop } = cancellationOf(pool, client);
  signal.addEventListener("abort", start);
  return () => {
    signal.removeEventListener("abort", start);
    return stop();
  };
}

/** Cancels what `client` is running after so many ms, until that is stopped. */
export function cancelAfter(pool: pg.Pool, client: pg.ClientBase, ms: number): StopCancelling {
  const { start, stop } = cancellationOf(pool, client);
  const timer = setTimeout(start, ms);
  return () => {
    clearTimeout(timer);
    return stop();
  };
}

/** Costs next to nothing unless it starts, because hardly any does. */
function cancellationOf(pool: pg.Pool, client: pg.ClientBase) {
  let stopped: AbortController | undefined;
  let cancelling: Promise<void> | undefined;
  return {
    start: () => {
      stopped = new AbortController();
      cancelling = cancelUntil(stopped.signal, pool, client);
    },
    stop: async () => {
      stopped?.abort();
      await cancelling;
    },
  };
}

/** Cancels repeatedly, because the client's next statement may have started in between. */
async function cancelUntil(stopped: AbortSignal, pool: pg.Pool, client: pg.ClientBase): Promise<void> {
  // A connection outside the pool: all of the pool's may be in use by transactions that are being cancelled.
  const canceller = new pg.Client(pool.options);
  canceller.on("error", () => {});
  try {
    await canceller.connect();
    // A session may cancel those of its own login, but not in the role that it has taken.
    await canceller.query("set role none");
    while (!stopped.aborted) {
      await canceller.query("select pg_cancel_backend($1)", [processId(client)]);
      await delay(100, undefined, { signal: stopped }).catch(() => {});
    }
  } catch {
    // PostgreSQL is unreachable: the statement ends by its own time limits.
  } finally {
    // Not awaited: on a silent connection, this may take a quarter of an hour.
    canceller.end().catch(() => {});
  }
}

/** The backend's process id, which the types of `pg` lack. */
function processId(client: pg.ClientBase): number {
  return (client as pg.ClientBase & { processID: number }).processID;
}
