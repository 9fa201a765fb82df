import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { isSilence } from "./failures.ts";
import { decided, OutcomeUnknown } from "./outcome.ts";

/**
 * Runs `work` in one transaction on one client: commits what it returns, rolls back when it throws.
 * A client whose rollback fails is thrown away, not given to the next request.
 *
 * When `signal` aborts, what the transaction is doing is cancelled, and the client given back only when PostgreSQL has
 * let go of it: else its backend would go on, and with many of them the pool's limit would hold for nobody. Once the
 * work is done, it is committed whatever the signal says.
 *
 * @throws {OutcomeUnknown} when the answer to COMMIT is lost
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  const running = new AbortController();
  let cancelling = Promise.resolve();
  const onAbort = () => {
    cancelling = cancelUntilDone(pool, client, running.signal);
  };
  client.on("error", onError);
  signal?.addEventListener("abort", onAbort);
  const finishRunning = async () => {
    signal?.removeEventListener("abort", onAbort);
    running.abort();
    await cancelling;
  };
  try {
    signal?.throwIfAborted();
    await client.query("begin");
    const result = await work(client);
    signal?.throwIfAborted();
    await finishRunning();
    await decided(client.query("commit"));
    return result;
  } catch (error) {
    await finishRunning();
    // A rollback would wait behind what is not answered.
    if (error instanceof OutcomeUnknown || isSilence(error)) broken = error as Error;
    else await client.query("rollback").catch(onError);
    throw error;
  } finally {
    // What is thrown away may still fail, and a failure that nobody hears ends the process.
    if (!broken) client.off("error", onError);
    client.release(broken);
  }
}

/** Cancels what a client is doing, again and again, because the next statement may have begun in between. */
async function cancelUntilDone(pool: pg.Pool, client: pg.PoolClient, done: AbortSignal): Promise<void> {
  // A connection besides the pool: all of the pool's may be waiting like this one.
  const canceller = new pg.Client(pool.options);
  canceller.on("error", () => {});
  try {
    await canceller.connect();
    // A session may cancel those of its own login, but not in the role that it has taken.
    await canceller.query("set role none");
    while (!done.aborted) {
      await canceller.query("select pg_cancel_backend($1)", [
        (client as unknown as pg.Client & { processID: number }).processID,
      ]);
      await delay(100, undefined, { signal: done }).catch(() => {});
    }
  } catch {
    // PostgreSQL can't be reached: then the statement ends by its own limits.
  } finally {
    // Not awaited: on a connection that has fallen silent, it may take a quarter of an hour.
    canceller.end().catch(() => {});
  }
}
