import type pg from "pg";

/**
 * A statement. `query_timeout` (ms) replaces the pool's own; after `cancelAfterMs`, a database has PostgreSQL cancel the statement,
 * which is the shorter limit of a single statement that may not take as long as others.
 */
export type Statement = pg.QueryConfig & { query_timeout?: number; cancelAfterMs?: number };

/** Runs statements that read: a database, a transaction, or a client or pool of `pg`. */
export interface Queryable {
  query(statement: string | Statement, values?: unknown[]): Promise<pg.QueryResult>;
}

/** Runs statements that write. */
export interface Writable {
  /**
   * In a transaction, the statement takes effect with its COMMIT; on a database, it commits itself.
   * @throws {OutcomeUnknown} on a database, when PostgreSQL's answer is lost
   */
  write(statement: Statement): Promise<pg.QueryResult>;
}

/** One transaction, on one client. */
export interface Transaction extends Queryable, Writable {
  /** For what is more than a statement, such as COPY. */
  client: pg.ClientBase;
}

export interface Database extends Queryable, Writable {
  /**
   * Runs `work` in a transaction: commits when it returns, rolls back when it throws or `signal` aborts.
   * @throws {OutcomeUnknown} when PostgreSQL's answer to COMMIT is lost
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, signal?: AbortSignal): Promise<T>;
}
