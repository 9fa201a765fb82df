import type pg from "pg";
import { cancelOnAbort } from "./cancellation.ts";
import type { UsedClient } from "./client.ts";
import type { Transaction } from "./database.ts";
import { isReadOnly, isSilence } from "./failures.ts";
import { OutcomeUnknown, outcomeOf } from "./outcome.ts";

/**
 * Runs `work` in one transaction: commits when it returns, rolls back when it throws. A client whose rollback fails is
 * discarded.
 *
 * When `signal` aborts, the running statement is cancelled, and this settles only when PostgreSQL has stopped: otherwise
 * the backend would go on while its client is given to another request, and the limit on connections would limit nothing.
 * Once `work` has returned, the transaction is committed even if `signal` aborts.
 *
 * @throws {OutcomeUnknown} when the answer to COMMIT is lost
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  { client, discard }: UsedClient,
  work: (tx: Transaction) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const stopCancelling = signal ? cancelOnAbort(pool, client, signal) : () => Promise.resolve();
  try {
    signal?.throwIfAborted();
    await client.query("begin");
    const result = await work(transactionOn(client));
    signal?.throwIfAborted();
    await stopCancelling();
    await outcomeOf(client.query("commit"));
    return result;
  } catch (error) {
    await stopCancelling();
    // A rollback would wait behind the statement that was never answered; where nothing can be written, there is nothing to undo.
    if (error instanceof OutcomeUnknown || isSilence(error) || isReadOnly(error)) discard(error as Error);
    else await client.query("rollback").catch(discard);
    throw error;
  }
}

/** The transaction that is open on a client. */
export function transactionOn(client: pg.ClientBase): Transaction {
  return {
    client,
    query: (statement, values) => client.query(statement, values),
    write: (statement) => client.query(statement),
  };
}
