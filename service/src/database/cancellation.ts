import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

/**
 * Cancels what `client` is running once `signal` aborts, until the returned function is called. That resolves when no
 * further cancellation can arrive.
 */
export function cancelOnAbort(
  pool: pg.Pool,
  client: pg.ClientBase,
  signal: AbortSignal,
): () => Promise<void> {
  const stopped = new AbortController();
  let cancelling = Promise.resolve();
  const onAbort = () => {
    cancelling = cancelUntil(stopped.signal, pool, client);
  };
  signal.addEventListener("abort", onAbort);
  return async () => {
    signal.removeEventListener("abort", onAbort);
    stopped.abort();
    await cancelling;
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
