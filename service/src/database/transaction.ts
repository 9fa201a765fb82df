import type pg from "pg";

/**
 * Runs `work` in one transaction on one client: commits what it returns, rolls back when it throws.
 * A client whose rollback fails is thrown away, not given to the next request; so is the client of a transaction
 * that `signal` aborts, whatever it is doing.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let isReleased = false;
  const release = () => {
    if (!isReleased) client.release(broken);
    isReleased = true;
  };
  const onError = (error: Error) => {
    broken = error;
  };
  const onAbort = () => {
    broken = new Error("the transaction was aborted", { cause: signal?.reason });
    release();
  };
  client.on("error", onError);
  signal?.addEventListener("abort", onAbort);
  try {
    signal?.throwIfAborted();
    await client.query("begin");
    const result = await work(client);
    signal?.throwIfAborted();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    // What is thrown away may still fail, and a failure that nobody hears ends the process.
    if (!broken) client.off("error", onError);
    release();
  }
}
