import { createHash } from "node:crypto";
import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { expect, it } from "vitest";

const hash = (key: string) => createHash("sha256").update(key).digest("hex");
const keys = { API_KEYS: `${hash("first-key")}, ${hash("second-key").toUpperCase()}` };

it("lets everybody write when no keys are set", async () => {
  const { app } = await startTestApp();
  expect((await post(app, "/clans", { name: "Owls" })).status).toBe(201);
});

it.each(["bearer", "BEARER", "bEaReR", "Bearer  ", "bearer    "])(
  "takes the scheme as %j: case-insensitive, followed by any number of blanks",
  async (scheme) => {
    const { app } = await startTestApp(keys);
    const authorization = `${scheme} first-key`;
    expect((await post(app, "/clans", { name: "Owls" }, { authorization })).status).toBe(201);
  },
);

it("lets each key write", async () => {
  const { app } = await startTestApp(keys);
  for (const key of ["first-key", "second-key"]) {
    expect((await post(app, "/clans", { name: key }, { authorization: `Bearer ${key}` })).status).toBe(201);
  }
});

it.each([
  ["none", undefined],
  ["another key", "Bearer third-key"],
  ["a key's hash", `Bearer ${hash("first-key")}`],
  ["another scheme", `Basic ${Buffer.from("a:first-key").toString("base64")}`],
  ["an empty key", "Bearer "],
  ["the scheme and the key in one word", "Bearerfirst-key"],
  ["two keys", "Bearer first-key second-key"],
])("answers 401 to a write with %s", async (_, authorization) => {
  const { app } = await startTestApp(keys);
  const headers = authorization ? { authorization } : {};
  const created = await post(app, "/clans", { name: "Owls" }, headers);
  expect([created.status, created.body.reason]).toEqual([401, "UNAUTHENTICATED"]);
  const isBearer = /^Bearer /.test(authorization ?? "");
  expect(created.headers["www-authenticate"]).toBe(
    `Bearer realm="clan-service"${isBearer ? ', error="invalid_token"' : ""}`,
  );
  const url = "/clans/01a2088a-10e3-7d9b-a235-835b1aebf9e5";
  expect((await app.inject({ method: "DELETE", url, headers })).statusCode).toBe(401);
});

it("refuses before it reads the body", async () => {
  const { app } = await startTestApp(keys);
  expect((await post(app, "/clans", "{broken")).status).toBe(401);
});

it("asks for a key wherever a user's activity is written, read or erased", async () => {
  const { app } = await startTestApp(keys);
  const calls = [
    { method: "POST", url: "/user-activity", payload: { rows: [] } },
    { method: "POST", url: "/user-activity/import", payload: "x", headers: { "content-type": "text/csv" } },
    { method: "GET", url: "/user-activity?user_id=a" },
    { method: "DELETE", url: "/users/a/activity" },
  ] as const;
  for (const call of calls) {
    expect((await app.inject(call)).statusCode).toBe(401);
    const headers = { ...("headers" in call ? call.headers : {}), authorization: "Bearer first-key" };
    expect((await app.inject({ ...call, headers })).statusCode).not.toBe(401);
  }
});

it("leaves reads of clans and probes open", async () => {
  const { app } = await startTestApp(keys);
  for (const url of ["/clans", "/clans/search?name=owls", "/health", "/openapi.json"]) {
    expect((await get(app, url)).status).toBe(200);
  }
});
