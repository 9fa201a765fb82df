import pg from "pg";
import { expect, it } from "vitest";
import { databaseFailure, isOutcomeUnknown } from "./failures.ts";

function errorResponse(code: string, severity = "ERROR"): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError("refused", 0, "error"), { code, severity });
}

it.each([
  ["statement_timeout", errorResponse("57014")],
  ["lock_timeout", errorResponse("55P03")],
  ["a deferred constraint", errorResponse("23505")],
  ["an ordered shutdown", errorResponse("57P01", "FATAL")],
  ["transaction_timeout", errorResponse("25P04", "FATAL")],
  ["a full disk", errorResponse("53100")],
  [
    "a connection that was known to be broken",
    new Error("Client has encountered a connection error and is not queryable"),
  ],
  ["a bug", new TypeError("undefined is not a function")],
])("a write is not stored after %s", (_, error) => {
  expect(isOutcomeUnknown(error)).toBe(false);
});

it.each([
  ["a connection that ended", new Error("Connection terminated unexpectedly")],
  ["a reset", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })],
  ["silence", new Error("Query read timeout")],
  ["a PANIC", errorResponse("53100", "PANIC")],
  ["the crash of another session", errorResponse("57P02", "FATAL")],
  ["a pooler's broken connection", errorResponse("08006", "FATAL")],
])("a write may be stored after %s", (_, error) => {
  expect(isOutcomeUnknown(error)).toBe(true);
});

it("a login whose role no migration has created yet is a schema mismatch, and no bug", () => {
  const error = new pg.DatabaseError('role "clan_app" does not exist', 0, "error");
  expect(databaseFailure(Object.assign(error, { code: "22023", severity: "FATAL" }))).toBe("schema mismatch");
  expect(databaseFailure(errorResponse("22023"))).toBe(undefined);
});

it.each([
  ["a wrong password", errorResponse("28P01", "FATAL")],
  ["a login that is missing", errorResponse("28000", "FATAL")],
  ["a transaction that took longer than the database lets it", errorResponse("25P04", "FATAL")],
  ["a database that is missing", errorResponse("3D000", "FATAL")],
  [
    "no password where one is needed",
    new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string"),
  ],
])("the database is unavailable with %s", (_, error) => {
  expect(databaseFailure(error)).toBe("unavailable");
});
