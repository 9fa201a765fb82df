import pg from "pg";
import { decided } from "./outcome.ts";
import type { Database } from "./pool.ts";

/**
 * One statement that writes. In a transaction it decides nothing yet; on the pool it commits itself.
 * @throws {OutcomeUnknown} on the pool, when its answer is lost
 */
export async function write(database: Database, statement: pg.QueryConfig): Promise<pg.QueryResult> {
  if (!(database instanceof pg.Pool)) return database.query(statement);
  // Not `pool.query`: whether the connection could not be had, or broke after the statement was sent, is all the difference.
  const client = await database.connect();
  let failure: Error | undefined;
  const onError = (error: Error) => {
    failure = error;
  };
  client.on("error", onError);
  try {
    return await decided(client.query(statement));
  } catch (error) {
    failure ??= error as Error;
    throw error;
  } finally {
    // What is thrown away may still fail, and a failure that nobody hears ends the process.
    if (!failure) client.off("error", onError);
    client.release(failure);
  }
}
