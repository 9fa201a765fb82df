import pg from "pg";

/** Runs `work` on a connection of its own, which is closed afterwards; it waits at most 10 s to connect, unless `options` say otherwise. */
export async function withClient<T>(
  options: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...options });
  // The query in flight rejects with the same error; without a listener, the event would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
