import { Semaphore } from "async-mutex";
import type pg from "pg";

export interface ConcurrencyLimit {
  /** How many of the pool's connections may be in use at once. */
  maxConcurrency: number;
  /** Milliseconds to wait for a connection, in line for this limit and in the pool together. */
  connectTimeoutMs: number;
}

/** A client of the pool, and the slot that it takes. */
export interface Slot {
  client: pg.PoolClient;
  /** Frees the slot, after the client was released. */
  free(): void;
}

/**
 * Returns a function that waits for a slot and then for a client of the pool, for `connectTimeoutMs` in total: one timer
 * for both, because async-mutex's `withTimeout` and another one for the pool took a tenth of the requests per second.
 */
export function limitConcurrency(
  pool: pg.Pool,
  { maxConcurrency, connectTimeoutMs }: ConcurrencyLimit,
): () => Promise<Slot> {
  const slots = new Semaphore(maxConcurrency);

  return () =>
    new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        // The error that the pool itself throws.
        reject(new Error("timeout exceeded when trying to connect"));
      }, connectTimeoutMs);
      const take = async () => {
        const [, free] = await slots.acquire();
        try {
          if (isLate) return free();
          const client = await pool.connect();
          clearTimeout(timer);
          if (!isLate) return resolve({ client, free });
          client.release();
          free();
        } catch (error) {
          clearTimeout(timer);
          free();
          reject(error);
        }
      };
      void take();
    });
}
