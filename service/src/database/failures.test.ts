import pg from "pg";
import { expect, it } from "vitest";
import { databaseFailure, leavesOpen } from "./failures.ts";

function told(code: string, severity = "ERROR"): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError("refused", 0, "error"), { code, severity });
}

it.each([
  ["statement_timeout", told("57014")],
  ["lock_timeout", told("55P03")],
  ["a deferred constraint", told("23505")],
  ["an ordered shutdown", told("57P01", "FATAL")],
  ["a full disk", told("53100")],
  [
    "a connection that was known to be broken",
    new Error("Client has encountered a connection error and is not queryable"),
  ],
  ["a defect", new TypeError("undefined is not a function")],
])("a write is not stored after %s", (_, error) => {
  expect(leavesOpen(error)).toBe(false);
});

it.each([
  ["a connection that ended", new Error("Connection terminated unexpectedly")],
  ["a reset", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })],
  ["silence", new Error("Query read timeout")],
  ["a PANIC", told("53100", "PANIC")],
  ["the crash of another session", told("57P02", "FATAL")],
  ["a pooler's broken connection", told("08006", "FATAL")],
])("a write may be stored after %s", (_, error) => {
  expect(leavesOpen(error)).toBe(true);
});

it("a login whose role no migration has made yet is told from a defect", () => {
  const error = new pg.DatabaseError('role "clan_app" does not exist', 0, "error");
  expect(databaseFailure(Object.assign(error, { code: "22023", severity: "FATAL" }))).toBe("outdated");
  expect(databaseFailure(told("22023"))).toBe(undefined);
});
