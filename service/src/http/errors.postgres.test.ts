import { type AddressInfo, connect as connectSocket, type Socket } from "node:net";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { describe, expect, it, onTestFinished } from "vitest";

const owls = JSON.stringify({ name: "Night Owls" });

describe("every error", () => {
  it("is a problem with a stable reason and the request's id", async () => {
    const { app } = await startTestApp();
    const { status, headers, body } = await get(app, "/clans/x", { "x-request-id": "caller-7" });
    expect(headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(headers["x-request-id"]).toBe("caller-7");
    expect(body).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status,
      reason: "VALIDATION_FAILED",
      detail: "path.id: must be a UUID",
      request_id: "caller-7",
      errors: [{ field: "path.id", message: "must be a UUID" }],
      error_count: 1,
    });
  });

  it("has an id of ours when the caller's is not fit for a log", async () => {
    const { app } = await startTestApp();
    const { body } = await get(app, "/nowhere", { "x-request-id": 'a"b {}' });
    expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(body.reason).toBe("NOT_FOUND");
  });
});

describe("a body", () => {
  it.each([
    ["no JSON", "{name", 400, "INVALID_JSON"],
    ["empty", "", 400, "INVALID_JSON"],
    ["only blanks", " \n", 400, "INVALID_JSON"],
    ["nested 10,000 deep", `{"name":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, 400, "VALIDATION_FAILED"],
    [
      "invalid UTF-8",
      Buffer.from([...Buffer.from('{"name":"a'), 0xff, ...Buffer.from('"}')]),
      400,
      "INVALID_ENCODING",
    ],
    ["larger than 64 KiB", JSON.stringify({ name: "x".repeat(70_000) }), 413, "BODY_TOO_LARGE"],
  ])("that is %s is refused", async (_, body, status, reason) => {
    const { app } = await startTestApp();
    const answer = await post(app, "/clans", body);
    expect([answer.status, answer.body.reason]).toEqual([status, reason]);
    expect((await get(app, "/clans")).body.clans).toEqual([]);
  });

  it.each(["/clans", "/user-activity"])(
    "with thousands of unknown fields gets a short answer from %s",
    async (url) => {
      const { app } = await startTestApp();
      const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, 0]));
      const { status, text } = await post(app, url, { ...fields, name: "Night Owls", rows: [activity()] });
      expect(status).toBe(400);
      expect(text).toMatch(/has unknown fields: k0, k1, k2, k3, k4 and 499\d more/);
      expect(text.length).toBeLessThan(1_000);
    },
  );

  it("with a thousand faulty rows gets the first 100 faults and their number", async () => {
    const { app } = await startTestApp();
    const { status, body, text } = await post(app, "/user-activity", { rows: Array(1_000).fill({}) });
    expect([status, body.errors.length, body.error_count]).toEqual([400, 100, 13_000]);
    expect(body.errors[0]).toEqual({ index: 0, field: "user_id", message: expect.any(String) });
    expect(body.detail).toMatch(/; and 12990 more; errors has the first 100$/);
    expect(text.length).toBeLessThan(20_000);
  });

  it.each([
    ["text/plain", {}],
    ["application/x-www-form-urlencoded", {}],
    ["application/xml", {}],
    ["application/json; charset=latin1", {}],
    ["application/json", { "content-encoding": "gzip" }],
  ])("as %s %o is refused with 415", async (type, headers) => {
    const { app } = await startTestApp();
    const answer = await post(app, "/clans", owls, { "content-type": type, ...headers });
    expect([answer.status, answer.body.reason]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
  });

  it("may name UTF-8 as its charset", async () => {
    const { app } = await startTestApp();
    const answer = await post(app, "/clans", owls, { "content-type": "application/json; charset=UTF-8" });
    expect(answer.status).toBe(201);
  });
});

it.each([
  [413, "Content Too Large", "x".repeat(70_000)],
  [422, "Unprocessable Content", "Day Owls"],
])("%i has the title that HTTP gives it now: %s", async (status, title, name) => {
  const { app } = await startTestApp();
  await post(app, "/clans", { name: "Night Owls" }, { "idempotency-key": "a" });
  const { body } = await post(app, "/clans", { name }, { "idempotency-key": "a" });
  expect([body.status, body.title]).toEqual([status, title]);
});

describe("a wrong method", () => {
  it.each([
    ["PUT", "/clans", ["GET", "POST"]],
    ["DELETE", "/clans", ["GET", "POST"]],
    ["POST", "/clans/search", ["GET"]],
    ["DELETE", "/clans/search?name=owl", ["GET"]],
    ["PUT", "/clans/01a2088a-10e3-7d9b-a235-835b1aebf9e5", ["DELETE", "GET", "PATCH"]],
    ["POST", "/health", ["GET"]],
    ["POST", "/openapi.json", ["GET"]],
    ["DELETE", "/docs", ["GET"]],
    ["DELETE", "/docs/", ["GET"]],
    ["TRACE", "/clans", ["GET", "POST"]],
    ["PROPFIND", "/clans", ["GET", "POST"]],
  ] as const)("%s %s is answered with 405 and what is allowed", async (method, url, allowed) => {
    const { app } = await startTestApp();
    const response = await app.inject({ method: method as "PUT", url, payload: "not even json" });
    expect([response.statusCode, response.json().reason]).toEqual([405, "METHOD_NOT_ALLOWED"]);
    const allow = String(response.headers.allow).split(", ");
    expect(allow.filter((name) => name !== "HEAD").sort()).toEqual([...allowed, "OPTIONS"].sort());
  });
});

describe("limits", () => {
  it("answers 429 with Retry-After beyond the rate limit, and never to a probe", async () => {
    const { app } = await startTestApp({ RATE_LIMIT_PER_MINUTE: "3" });
    for (const remaining of [2, 1, 0]) {
      const { status, headers } = await get(app, "/clans");
      expect([status, headers["ratelimit-policy"]]).toEqual([200, '"default";q=3;w=60']);
      expect(headers.ratelimit).toMatch(new RegExp(`^"default";r=${remaining};t=(60|[1-5]?\\d)$`));
    }
    const { status, headers, body } = await get(app, "/clans");
    expect([status, body.reason]).toEqual([429, "TOO_MANY_REQUESTS"]);
    expect(headers.ratelimit).toMatch(/^"default";r=0;t=\d+$/);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    for (const url of ["/health", "/health/live", "/health/ready"]) {
      expect((await get(app, url)).status).toBe(200);
    }
  });

  it.each([
    ["POST", "/clans", 401],
    ["GET", "/user-activity?user_id=a", 401],
    ["GET", "/nowhere", 404],
    ["GET", "/health/nowhere", 404],
    ["DELETE", "/clans", 405],
    ["GET", "/docs/", 200],
    ["GET", "/openapi.json", 200],
    ["GET", "/%zz", 400],
  ] as const)("counts %s %s, which is answered %d", async (method, url, status) => {
    const { app } = await startTestApp({ RATE_LIMIT_PER_MINUTE: "2", API_KEYS: "0".repeat(64) });
    const statusOf = async () => (await app.inject({ method, url })).statusCode;
    expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([status, status, 429]);
  });

  it("counts clients behind a trusted proxy apart, and believes no header otherwise", async () => {
    const behindProxy = await startTestApp({ RATE_LIMIT_PER_MINUTE: "1", TRUSTED_PROXIES: "1" });
    const from = async (app: typeof behindProxy.app, address: string) =>
      (await get(app, "/clans", { "x-forwarded-for": address })).status;
    expect(await from(behindProxy.app, "6.6.6.6, 10.0.0.1")).toBe(200);
    expect(await from(behindProxy.app, "10.0.0.2")).toBe(200);
    expect(await from(behindProxy.app, "7.7.7.7, 10.0.0.1")).toBe(429);
    const direct = await startTestApp({ RATE_LIMIT_PER_MINUTE: "1" });
    expect(await from(direct.app, "10.0.0.1")).toBe(200);
    expect(await from(direct.app, "10.0.0.2")).toBe(429);
  });

  it("sheds nothing after a single stall, right after the start", async () => {
    const { app } = await startTestApp();
    await app.ready();
    const stall = () => {
      const until = performance.now() + 700;
      while (performance.now() < until);
    };
    stall();
    await new Promise(setImmediate);
    stall();
    const statuses: number[] = [];
    const endsAt = performance.now() + 1_200;
    while (performance.now() < endsAt) statuses.push((await get(app, "/clans")).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("answers 503 with Retry-After under overload, and live all the same", async () => {
    const { app } = await startTestApp();
    await app.ready();
    const overloading = setInterval(() => {
      const until = performance.now() + 400;
      while (performance.now() < until);
    }, 1);
    onTestFinished(() => clearInterval(overloading));
    // Before that, PostgreSQL's answers may come too late as well.
    const reason = async () => (await get(app, "/clans")).body.reason;
    await expect.poll(reason, { timeout: 20_000 }).toBe("OVERLOADED");
    const { headers, body } = await get(app, "/clans");
    expect([body.reason, headers["retry-after"]]).toEqual(["OVERLOADED", "2"]);
    expect((await get(app, "/health/live")).status).toBe(200);
    clearInterval(overloading);
    await expect.poll(async () => (await get(app, "/clans")).status, { timeout: 5_000 }).toBe(200);
  });
});

describe("more requests than the pool can serve soon", () => {
  it("are answered 503 at once, and those before them all the same", async () => {
    const { app, database } = await startTestApp({ POOL_MAX: "1" });
    const admin = await connect(database.adminUrl);
    await admin.query("begin");
    await admin.query("lock table clans in access exclusive mode");
    const running = Array.from({ length: 32 }, () => get(app, "/clans"));
    await expect.poll(async () => (await get(app, "/clans")).body.reason).toBe("OVERLOADED");
    expect((await get(app, "/health/live")).status).toBe(200);
    await admin.query("rollback");
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual(Array(32).fill(200));
    expect((await get(app, "/clans")).status).toBe(200);
  });
});

describe("security headers", () => {
  it("are those that a JSON API needs", async () => {
    const { app } = await startTestApp();
    for (const url of ["/clans", "/clans/x", "/nowhere"]) {
      const { headers } = await app.inject({ method: "GET", url });
      expect(headers).toMatchObject({
        "content-security-policy": "default-src 'none';frame-ancestors 'none'",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
      });
    }
  });

  it("are on every answer", async () => {
    const { app } = await startTestApp();
    for (const url of ["/clans", "/nowhere", "/docs/", "/%zz"]) {
      const { headers } = await app.inject({ method: "GET", url });
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["content-security-policy"]).toMatch(/default-src '(none|self)'/);
    }
  });
});

describe("what is not HTTP", () => {
  it.each([
    ["garbage", "GARBAGE\r\n\r\n", 400, "MALFORMED_REQUEST"],
    [
      "headers of 20 KiB",
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "HEADERS_TOO_LARGE",
    ],
  ])("%s is answered with a problem", async (_, request, status, reason) => {
    const { app } = await startTestApp();
    await app.listen({ port: 0, host: "127.0.0.1" });
    const answer = await exchange((app.server.address() as AddressInfo).port, request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain("application/problem+json");
    expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").reason).toBe(reason);
  });

  it("a query that is not UTF-8 is refused where a query is read, and nowhere else", async () => {
    const { app } = await startTestApp();
    const { status, body } = await get(app, "/clans?region=%ff");
    expect([status, body.reason]).toEqual([400, "INVALID_URL"]);
    expect((await get(app, "/health/live?%ff")).status).toBe(200);
  });

  it("a parameter of a path may be as long as a URL, and is refused as any other", async () => {
    const { app } = await startTestApp();
    const { status, body } = await get(app, `/clans/${"x".repeat(9_000)}`);
    expect([status, body.errors]).toEqual([400, [{ field: "path.id", message: "must be a UUID" }]]);
  });

  it("a path that is no URL is refused", async () => {
    const { app } = await startTestApp();
    const { status, headers, body } = await get(app, "/%zz");
    expect([status, body.reason]).toEqual([400, "INVALID_URL"]);
    expect(headers["content-type"]).toMatch(/^application\/problem\+json/);
  });

  it("a path that is no URL is refused under an id, beyond the rate limit too", async () => {
    const { app } = await startTestApp({ RATE_LIMIT_PER_MINUTE: "1" });
    for (const status of [400, 429]) {
      const answer = await get(app, "/%zz", { "x-request-id": "caller-7" });
      const { headers, body } = answer;
      expect([answer.status, headers["x-request-id"], body.request_id]).toEqual([
        status,
        "caller-7",
        "caller-7",
      ]);
    }
  });
});

/** Sends raw bytes and reads all that comes back. */
async function exchange(port: number, request: string): Promise<string> {
  const socket: Socket = connectSocket(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write(request);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}
