import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";
import { createLogger } from "./logging.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";

/** The log entries of one request. */
async function entriesOf(headers: Record<string, string>, environment: NodeJS.ProcessEnv = {}) {
  const lines: string[] = [];
  const { app } = await startTestApp(environment, {
    log: { write: (line: string) => void lines.push(line) },
  });
  await post(app, "/clans", { name: "Night Owls" }, headers);
  return { text: lines.join(""), entries: lines.map((line) => JSON.parse(line)) };
}

it.each([
  ["trace", "DEBUG"],
  ["debug", "DEBUG"],
  ["info", "INFO"],
  ["warn", "WARNING"],
  ["error", "ERROR"],
  ["fatal", "CRITICAL"],
] as const)("gives an entry of level %s the severity %s", async (level, severity) => {
  const lines: string[] = [];
  const config = {
    LOG_LEVEL: "trace",
    LOG_FORMAT: "json",
    K_SERVICE: "clan-service",
    K_REVISION: "1",
  } as const;
  const logger = await createLogger(
    { ...config, GOOGLE_CLOUD_PROJECT: undefined },
    { write: (line: string) => void lines.push(line) },
  );
  logger[level]("hello");
  expect(JSON.parse(lines.join(""))).toMatchObject({ severity, message: "hello" });
});

it("writes a request as Cloud Logging reads it", async () => {
  const { entries } = await entriesOf({ "x-request-id": "caller-7" });
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({
    severity: "INFO",
    message: "POST /clans 201",
    request_id: "caller-7",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    serviceContext: { service: "clan-service" },
    operation: "POST /clans",
    elapsed_ms: expect.any(Number),
    pool_in_use: expect.any(Number),
    pool_waiting: 0,
    httpRequest: {
      requestMethod: "POST",
      requestUrl: "/clans",
      status: 201,
      latency: expect.stringMatching(/^\d+\.\d+s$/),
    },
  });
});

it.each([
  [{ traceparent: `00-${trace}-00f067aa0ba902b7-01` }, true],
  [{ "x-cloud-trace-context": `${trace}/123;o=1` }, true],
  [{ "x-cloud-trace-context": trace }, false],
])("ties the entry to its trace: %o", async (headers, sampled) => {
  const { entries } = await entriesOf(headers, { GOOGLE_CLOUD_PROJECT: "my-project" });
  expect(entries[0]).toMatchObject({
    "logging.googleapis.com/trace": `projects/my-project/traces/${trace}`,
    "logging.googleapis.com/trace_sampled": sampled,
  });
});

it("has no trace when the header is invalid", async () => {
  const { entries } = await entriesOf({ traceparent: "hello" });
  expect(entries[0]).not.toHaveProperty("logging.googleapis.com/trace");
});

it("has no secret in it, also when the database refuses the login", async () => {
  const { text } = await entriesOf(
    { authorization: "Bearer top-secret-key" },
    { DATABASE_URL: "postgres://clan_service:top-secret-password@127.0.0.1:1/clan" },
  );
  expect(text).toContain("DATABASE_UNAVAILABLE");
  expect(text).toContain('"stack_trace":"Error: connect ECONNREFUSED');
  expect(text).not.toContain("top-secret");
});

it("names no user and shows no row, whatever is asked for and however it fails", async () => {
  const lines: string[] = [];
  const log = { write: (line: string) => void lines.push(line) };
  const limits = { LOCK_TIMEOUT_MS: "1000", STATEMENT_TIMEOUT_MS: "2000", CONNECT_TIMEOUT_MS: "2000" };
  const { app, database } = await startTestApp({ ...limits, HANDLER_TIMEOUT_MS: "2500" }, { log });
  const user = "player-secret";
  for (const url of [
    `/user-activity?user_id=${user}`,
    `/users/${user}`,
    `/user-activity/${user}?a=${user}`,
  ]) {
    await app.inject({ method: "GET", url });
  }
  expect((await app.inject({ method: "DELETE", url: `/users/${user}/activity` })).statusCode).toBe(204);
  await post(app, "/user-activity", { rows: [activity({ user_id: user, country: "secret" })] });
  const admin = await connect(database.adminUrl);
  // PostgreSQL's error quotes the row.
  await admin.query("alter table user_activity add constraint broken check (victory_count < 0) not valid");
  expect((await post(app, "/user-activity", { rows: [activity({ user_id: user })] })).status).toBe(500);
  await admin.query("alter table user_activity drop constraint broken");
  await post(app, "/user-activity", { rows: [activity({ user_id: user })] });
  // The handler ends after its time limit, which Fastify logs with the path.
  await admin.query("begin; lock table user_activity");
  await app.inject({ method: "DELETE", url: `/users/${user}/activity` });
  await admin.query("rollback");
  expect(lines.join("")).toContain("violates check constraint");
  expect(lines.join("")).toContain("DELETE /users/:user_id/activity 204");
  expect(lines.join("")).toContain("GET (no route) 404");
  expect(lines.join("")).not.toContain("secret");
});
