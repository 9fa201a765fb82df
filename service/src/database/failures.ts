import pg from "pg";
import { isConnectFailure } from "./pooled-client.ts";

/** Why PostgreSQL could not serve a valid request. `schema mismatch`: it lacks a migration of this code. */
export type DatabaseFailure = "unavailable" | "overloaded" | "schema mismatch";

// https://www.postgresql.org/docs/18/errcodes-appendix.html
const overloadedCodes = new Set([
  "55P03", // lock_not_available: lock_timeout
  "57014", // query_canceled: statement_timeout
  "40001", // serialization_failure
  "40P01", // deadlock_detected
]);
const schemaMismatchCodes = new Set([
  "42P01", // undefined_table
  "42703", // undefined_column
  "42883", // undefined_function
]);
const unavailableCodes = new Set([
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57P05", // idle_session_timeout
  "25P03", // idle_in_transaction_session_timeout
  "25P04", // transaction_timeout, which a database may have set
  "25006", // read_only_sql_transaction: a replica, in the middle of a failover
  "3D000", // invalid_catalog_name: there is no such database
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
// Connection exception, invalid authorization (a wrong password, no such role), insufficient resources, system error.
const unavailableClasses = ["08", "28", "53", "58"];

// Errors that `pg` and `pg-pool` raise themselves have a message and no code.
const unavailableMessages =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|SASL: )/;
const overloadedMessages = /^(timeout exceeded when trying to connect|Query read timeout)/;
const neverSent = /is not queryable$/;

// From a login that no migration made a member of the role (APP_LOGINS).
const mayNotTakeRole = /^permission denied to set role/;
// From a login whose session takes a role that the first migration creates.
const noSuchRole = /^role ".*" does not exist$/;

/** Classifies an error as a failure of the database; undefined for any other error, which is a bug. */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AggregateError)
    return databaseFailure(error.errors[0]) ?? (isConnectFailure(error) ? "unavailable" : undefined);
  const code = "code" in error ? String(error.code) : "";
  if (overloadedCodes.has(code) || overloadedMessages.test(error.message)) return "overloaded";
  if (unavailableCodes.has(code) || unavailableMessages.test(error.message)) return "unavailable";
  if (schemaMismatchCodes.has(code) || (code === "22023" && noSuchRole.test(error.message))) {
    return "schema mismatch";
  }
  if (lacksPartition(error)) return "schema mismatch";
  if (code === "42501" && mayNotTakeRole.test(error.message)) return "unavailable";
  // Whatever is in the way, such as a certificate of another authority, or no token to log in with.
  if (isConnectFailure(error)) return "unavailable";
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  return isSqlState && unavailableClasses.includes(code.slice(0, 2)) ? "unavailable" : undefined;
}

/** No partition has the day of a row; `migrate` creates them ahead. The violation of a constraint has the same code, and names it. */
const lacksPartition = (error: Error) =>
  error instanceof pg.DatabaseError && error.code === "23514" && error.constraint === undefined;

/**
 * Whether a statement that was sent, and failed with this error, may have been carried out. Where PostgreSQL itself
 * refuses, it was not; nor where it ends the session (57P01, 25P03, 25P04), because after a commit it reports that as a warning.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    const { code = "", severity } = error;
    // A pooler in between reports lost connections in class 08. In a PANIC, such as a full disk in the middle of a
    // commit, or in the crash of another session, PostgreSQL goes down, and recovery decides about the commit.
    return severity === "PANIC" || code === "57P02" || code.startsWith("08");
  }
  return error instanceof Error && databaseFailure(error) !== undefined && !neverSent.test(error.message);
}

/** PostgreSQL cancelled the statement, because a limit of its time was reached. */
export function isCancelled(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "57014";
}

/** The server does not write, perhaps since a failover has demoted it: the next write on the connection would fail as well. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "25006";
}

/** No answer in time, on a connection that is still open: the next statement on it would wait as long. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && (error.message === "Query read timeout" || isSilence(error.cause));
}
