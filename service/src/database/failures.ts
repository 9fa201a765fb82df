import pg from "pg";

/** Why PostgreSQL could not serve a request that was in order: it is away, it is busy, or it lacks a migration. */
export type DatabaseFailure = "away" | "busy" | "outdated";

// https://www.postgresql.org/docs/18/errcodes-appendix.html
const busyCodes = new Set([
  "55P03", // lock_not_available: lock_timeout
  "57014", // query_canceled: statement_timeout
  "40001", // serialization_failure
  "40P01", // deadlock_detected
]);
const outdatedCodes = new Set([
  "42P01", // undefined_table
  "42703", // undefined_column
  "42883", // undefined_function
]);
const awayCodes = new Set([
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57P05", // idle_session_timeout
  "25P03", // idle_in_transaction_session_timeout
  "25006", // read_only_sql_transaction: a replica, in the middle of a failover
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT", // the unix socket is not there (yet)
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);
const awayClasses = ["08", "53", "58"]; // connection exception, insufficient resources, system error

// Errors that `pg` and `pg-pool` raise themselves carry a message and no code.
const awayMessages = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;
const busyMessages = /^(timeout exceeded when trying to connect|Query read timeout)/;
const neverSent = /is not queryable$/;

// Of a login whose session takes a role; before the first migration there is none.
const noSuchRole = /^role ".*" does not exist$/;

/** Tells a failure of the database from a defect of ours, which is undefined. */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AggregateError) return databaseFailure(error.errors[0]);
  const code = "code" in error ? String(error.code) : "";
  if (busyCodes.has(code) || busyMessages.test(error.message)) return "busy";
  if (awayCodes.has(code) || awayMessages.test(error.message)) return "away";
  if (outdatedCodes.has(code) || (code === "22023" && noSuchRole.test(error.message))) return "outdated";
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  return isSqlState && awayClasses.includes(code.slice(0, 2)) ? "away" : undefined;
}

/**
 * Whether a statement that was sent, and failed so, may have been carried out. Where PostgreSQL itself says no, it was not;
 * also when it ends the session (57P01, 25P03): what it ends after a commit, it tells as a warning.
 */
export function leavesOpen(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    const { code = "", severity } = error;
    // A pooler in between speaks of lost connections in class 08. In a PANIC, such as a full disk in the middle of a
    // commit, PostgreSQL goes down, and finds out when it comes back; the same goes for a crash of another session.
    return severity === "PANIC" || code === "57P02" || code.startsWith("08");
  }
  return error instanceof Error && databaseFailure(error) !== undefined && !neverSent.test(error.message);
}

/** No answer came in time, on a connection that nobody has closed: whatever it is asked next will wait as long. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && (error.message === "Query read timeout" || isSilence(error.cause));
}
