import type pg from "pg";

/** A client while it is out of the pool. */
export interface UsedClient {
  client: pg.PoolClient;
  /** Marks the client as unusable: it is closed instead of going back to the pool. */
  discard(reason: Error): void;
}

/**
 * Runs `work` on one client. The client goes back to the pool afterwards, unless its connection broke or `work`
 * discarded it. Errors of the connection never end the process: the statement in flight reports them.
 */
export async function onClient<T>(
  connect: () => Promise<pg.PoolClient>,
  work: (used: UsedClient) => Promise<T>,
): Promise<T> {
  const client = await connect();
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

/** A client of the pool, by `deadline` (of `performance.now`). One that comes later goes back to the pool. */
export function connectBefore(pool: pg.Pool, deadline: number): Promise<pg.PoolClient> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(connectTimeout());
    }, deadline - performance.now());
    pool
      .connect()
      .then((client) => (isLate ? client.release() : resolve(client)), reject)
      .finally(() => clearTimeout(timer));
  });
}

/** The error that the pool itself throws. */
export const connectTimeout = () => new Error("timeout exceeded when trying to connect");
