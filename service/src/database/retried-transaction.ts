import pg from "pg";
import type { Database, Transaction } from "./database.ts";

const mostAttempts = 5;

/**
 * A transaction that is run again when PostgreSQL ends it because of others that run at the same time: after a deadlock or a
 * serialization failure, none of it is stored.
 */
export async function retriedTransaction<T>(
  database: Database,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(work);
    } catch (error) {
      if (attempt === mostAttempts || !isConflict(error)) throw error;
    }
  }
}

// serialization_failure and deadlock_detected
const isConflict = (error: unknown) =>
  error instanceof pg.DatabaseError && (error.code === "40001" || error.code === "40P01");
