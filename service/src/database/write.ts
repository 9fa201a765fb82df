import pg from "pg";
import { decided } from "./outcome.ts";
import type { Database } from "./pool.ts";
import { withClient } from "./with-client.ts";

/**
 * One statement that writes. In a transaction it decides nothing yet; on the pool it commits itself.
 * @throws {OutcomeUnknown} on the pool, when its answer is lost
 */
export async function write(database: Database, statement: pg.QueryConfig): Promise<pg.QueryResult> {
  if (!(database instanceof pg.Pool)) return database.query(statement);
  // Not `pool.query`: whether the connection could not be had, or broke after the statement was sent, is all the difference.
  return withClient(database, (client) => decided(client.query(statement)));
}
