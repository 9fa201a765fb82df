import type pg from "pg";

/** A client while it is out of the pool. */
export interface UsedClient {
  client: pg.PoolClient;
  /** Marks the client as unusable: it is closed instead of going back to the pool. */
  discard(reason: Error): void;
}

/**
 * Runs `work` on a client of a pool, and releases the client afterwards: to the pool, unless its connection broke or
 * `work` discarded it. Errors of the connection never end the process: the statement in flight reports them.
 */
export async function useClient<T>(
  client: pg.PoolClient,
  work: (used: UsedClient) => Promise<T>,
): Promise<T> {
  let broken: Error | undefined;
  const discard = (reason: Error) => {
    broken ??= reason;
  };
  client.on("error", discard);
  try {
    return await work({ client, discard });
  } finally {
    // A discarded client may still emit errors, and one without a listener would end the process.
    if (!broken) client.off("error", discard);
    client.release(broken);
  }
}
