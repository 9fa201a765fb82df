import type pg from "pg";

/**
 * Runs one piece of work on a client of a pool. A client whose work failed is thrown away, not given to the next request.
 * What `work` throws, and that no client could be had, are thrown on.
 */
export async function withClient<T>(
  pool: { connect(): Promise<pg.PoolClient> },
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  const onError = (error: Error) => {
    failure = error;
  };
  client.on("error", onError);
  try {
    return await work(client);
  } catch (error) {
    failure ??= error as Error;
    throw error;
  } finally {
    // What is thrown away may still fail, and a failure that nobody hears ends the process.
    if (!failure) client.off("error", onError);
    client.release(failure);
  }
}
