import { createHash } from "node:crypto";
import { Writable } from "node:stream";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";
import { type Scope, scopes } from "./api-key-entries.ts";

const entry = (name: string, key: string, allowed: string) =>
  `${name}:${createHash("sha256").update(key).digest("hex")}:${allowed}`;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** One key for each scope, called like it. */
const eachScope = { API_KEYS: scopes.map((scope) => entry(scope.replace(":", "-"), scope, scope)).join(" ") };

interface Operation {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  scope: Scope | undefined;
}

/** All operations of the OpenAPI document, with the scope that it says they require. */
async function operations(app: Awaited<ReturnType<typeof startTestApp>>["app"]): Promise<Operation[]> {
  const { body } = await get(app, "/openapi.json");
  return Object.entries<Record<string, { security?: { apiKey?: Scope[] }[] }>>(body.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        method: method.toUpperCase() as Operation["method"],
        url: path.replace(/\{.*?\}/g, "01a2088a-10e3-7d9b-a235-835b1aebf9e5"),
        scope: security?.[0]?.apiKey?.[0],
      })),
  );
}

const call = async (
  app: Awaited<ReturnType<typeof startTestApp>>["app"],
  { method, url }: Operation,
  headers: Record<string, string>,
) => {
  const type = url.endsWith("/import") ? "text/csv" : "application/json";
  const body =
    method === "POST" ? { payload: "{", headers: { "content-type": type, ...headers } } : { headers };
  return app.inject({ method, url, ...body });
};

it("every operation that the document protects wants its scope, and no other one will do", async () => {
  const { app } = await startTestApp(eachScope);
  const all = await operations(app);
  expect(
    all
      .filter(({ scope }) => scope)
      .map(({ method, scope }) => `${method} ${scope}`)
      .sort(),
  ).toEqual([
    "DELETE clans:write",
    "DELETE members:write",
    "DELETE members:write",
    "DELETE members:write",
    "DELETE users:erase",
    "DELETE users:erase",
    "GET activity:read",
    "GET members:read",
    "GET members:read",
    "GET members:read",
    "GET members:read",
    "GET members:read",
    "GET members:read",
    "GET members:read",
    "GET users:export",
    "PATCH clans:write",
    "PATCH members:write",
    "POST activity:write",
    "POST activity:write",
    "POST clans:write",
    "POST members:write",
    "POST members:write",
    "POST members:write",
    "POST members:write",
    "PUT members:write",
  ]);
  for (const operation of all) {
    const { scope } = operation;
    const without = await call(app, operation, {});
    if (!scope) {
      expect([200, 400, 404]).toContain(without.statusCode);
      continue;
    }
    expect(without.statusCode).toBe(401);
    for (const other of scopes) {
      const answer = await call(app, operation, bearer(other));
      if (other === scope) {
        expect([401, 403], `${operation.method} ${operation.url}`).not.toContain(answer.statusCode);
      } else {
        const { reason, scope: missing, detail } = answer.json();
        expect([answer.statusCode, reason, missing]).toEqual([403, "MISSING_SCOPE", scope]);
        expect(detail).toBe(`The API key ${other.replace(":", "-")} lacks the scope ${scope}.`);
        expect(answer.headers["www-authenticate"]).toContain(`error="insufficient_scope", scope="${scope}"`);
      }
    }
  }
});

it("HEAD of a protected read wants the same scope", async () => {
  const { app } = await startTestApp(eachScope);
  const head = (headers = {}) => app.inject({ method: "HEAD", url: "/user-activity?user_id=a", headers });
  expect((await head()).statusCode).toBe(401);
  expect((await head(bearer("clans:write"))).statusCode).toBe(403);
  expect((await head(bearer("activity:read"))).statusCode).toBe(200);
});

it("every log line of a request names its key, and none the key itself", async () => {
  const lines: string[] = [];
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(...String(chunk).trim().split("\n"));
      done();
    },
  });
  const keys = { API_KEYS: `${entry("game", "s3cret", "clans:write")}`, LOG_LEVEL: "debug" };
  const { app, database } = await startTestApp(keys, { log });
  lines.length = 0;
  expect((await post(app, "/clans", { name: "Night Owls" }, bearer("s3cret"))).status).toBe(201);
  const url = "/users/a/activity";
  expect((await app.inject({ method: "DELETE", url, headers: bearer("s3cret") })).statusCode).toBe(403);
  await (await connect(database.adminUrl)).query("revoke insert on clans from clan_app");
  expect((await post(app, "/clans", { name: "Day Owls" }, bearer("s3cret"))).status).toBe(500);
  const entries = lines.map((line) => JSON.parse(line)).filter(({ request_id }) => request_id);
  expect(entries.length).toBeGreaterThanOrEqual(4);
  expect(entries.filter(({ api_key }) => api_key !== "game")).toEqual([]);
  expect(lines.join("\n")).not.toContain("s3cret");
});

it("an Idempotency-Key belongs to its caller", async () => {
  const keys = {
    API_KEYS: [entry("game", "one", "*"), entry("game", "new", "*"), entry("web", "two", "*")].join(" "),
  };
  const { app } = await startTestApp(keys);
  const create = (key: string, name: string) =>
    post(app, "/clans", { name }, { ...bearer(key), "idempotency-key": "1" });
  const first = await create("one", "Night Owls");
  expect(first.status).toBe(201);
  const other = await create("two", "Day Owls");
  expect([other.status, other.headers["idempotency-replayed"]]).toEqual([201, undefined]);
  expect((await create("two", "Night Owls")).body.reason).toBe("IDEMPOTENCY_KEY_REUSED");
  const rotated = await create("new", "Night Owls");
  expect([rotated.text, rotated.headers["idempotency-replayed"]]).toEqual([first.text, "true"]);
});

it("an Idempotency-Key belongs to its route", async () => {
  const { app } = await startTestApp();
  const key = { "idempotency-key": "1" };
  expect((await post(app, "/clans", { name: "Night Owls" }, key)).status).toBe(201);
  const rows = [activity()];
  expect((await post(app, "/user-activity", { rows }, key)).body).toMatchObject({ inserted: 1 });
  expect((await post(app, "/user-activity", { rows }, key)).headers["idempotency-replayed"]).toBe("true");
});
