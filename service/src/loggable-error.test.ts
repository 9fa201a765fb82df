import { errorCodes } from "fastify";
import pg from "pg";
import { expect, it } from "vitest";
import { loggableError } from "./loggable-error.ts";

const fromPostgres = (message: string, fields: object) =>
  Object.assign(new pg.DatabaseError(message, 0, "error"), fields);

it.each([
  [
    "the row of a constraint",
    fromPostgres('new row for relation "clans" violates check constraint "name"', {
      ...{ code: "23514", severity: "ERROR", table: "clans", constraint: "name" },
      ...{ detail: "Failing row contains (player-secret).", where: 'COPY staged, line 7: "player-secret"' },
    }),
    'new row for relation "clans" violates check constraint "name"',
  ],
  [
    "the value of a data exception",
    fromPostgres('invalid input syntax for type date: "player-"secret""', { code: "22007" }),
    'invalid input syntax for type date: "…"',
  ],
  [
    "the path of a second answer",
    new errorCodes.FST_ERR_REP_ALREADY_SENT("/users/player-secret/activity", "DELETE"),
    "A second answer to the same request was dropped",
  ],
])("leaves out %s, also of a cause", (_, error, message) => {
  const logged = loggableError(new Error("failed", { cause: error }));
  expect(logged.cause).toMatchObject({ message, code: (error as { code?: string }).code });
  expect(JSON.stringify(logged)).not.toContain("secret");
  expect(logged.stack).toContain("loggable-error.test.ts");
});

it("keeps what says where an error comes from", () => {
  const error = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), {
    code: "ECONNREFUSED",
    port: 1,
  });
  expect(loggableError(new AggregateError([error], "all failed"))).toMatchObject({
    type: "AggregateError",
    message: "all failed",
    errors: [{ type: "Error", message: "connect ECONNREFUSED 127.0.0.1:1", code: "ECONNREFUSED", port: 1 }],
  });
});
