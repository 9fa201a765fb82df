import { Semaphore, withTimeout } from "async-mutex";
import type pg from "pg";
import { connectBefore, connectTimeout, onClient, type UsedClient } from "./client.ts";
import type { Database } from "./database.ts";
import { outcomeOf } from "./outcome.ts";
import { inTransaction } from "./transaction.ts";

export interface ConcurrencyLimit {
  /** How many of the pool's connections may be in use at once. */
  maxConcurrency: number;
  /** Milliseconds to wait for a connection, in line for this limit and in the pool together. */
  connectTimeoutMs: number;
}

/**
 * A database that uses at most `maxConcurrency` connections of a pool: when all of them wait for a locked table, the
 * rest of the pool is left to statements that need another table. How many callers may wait in line is limited where
 * requests come in (`shedLoad`).
 */
export function createDatabase(
  pool: pg.Pool,
  { maxConcurrency, connectTimeoutMs }: ConcurrencyLimit,
): Database {
  const limit = withTimeout(new Semaphore(maxConcurrency), connectTimeoutMs, connectTimeout());

  function run<T>(work: (used: UsedClient) => Promise<T>): Promise<T> {
    const deadline = performance.now() + connectTimeoutMs;
    return limit.runExclusive(() => onClient(() => connectBefore(pool, deadline), work));
  }

  return {
    query: (statement, values) => run(once((client) => client.query(statement, values))),
    write: (statement) => run(once((client) => outcomeOf(client.query(statement)))),
    transaction: (work, signal) => run((used) => inTransaction(pool, used, work, signal)),
  };
}

/** A single statement; a client on which it fails is not used again. */
function once<T>(work: (client: pg.ClientBase) => Promise<T>) {
  return async ({ client, discard }: UsedClient): Promise<T> => {
    try {
      return await work(client);
    } catch (error) {
      discard(error as Error);
      throw error;
    }
  };
}
