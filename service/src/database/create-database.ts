import type pg from "pg";
import { cancelAfter } from "./cancellation.ts";
import { type UsedClient, useClient } from "./client.ts";
import { type ConcurrencyLimit, limitConcurrency } from "./concurrency-limit.ts";
import type { Database, Statement } from "./database.ts";
import { outcomeOf } from "./outcome.ts";
import { inTransaction } from "./transaction.ts";

/**
 * A database that uses at most `maxConcurrency` connections of a pool: when all of them wait for a locked table, the
 * rest of the pool is left to statements that need another table. How many callers may wait in line is limited where
 * requests come in (`shedLoad`).
 */
export function createDatabase(pool: pg.Pool, limit: ConcurrencyLimit): Database {
  const takeSlot = limitConcurrency(pool, limit);

  async function run<T>(work: (used: UsedClient) => Promise<T>): Promise<T> {
    const { client, free } = await takeSlot();
    try {
      return await useClient(client, work);
    } finally {
      free();
    }
  }

  return {
    query: (statement, values) => run(once((client) => query(pool, client, statement, values))),
    write: (statement) => run(once((client) => outcomeOf(client.query(statement)))),
    transaction: (work, signal) => run((used) => inTransaction(pool, used, work, signal)),
  };
}

async function query(
  pool: pg.Pool,
  client: pg.ClientBase,
  statement: string | Statement,
  values?: unknown[],
): Promise<pg.QueryResult> {
  if (typeof statement === "string" || !statement.cancelAfterMs) return client.query(statement, values);
  const stopCancelling = cancelAfter(pool, client, statement.cancelAfterMs);
  try {
    return await client.query(statement);
  } finally {
    await stopCancelling();
  }
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
