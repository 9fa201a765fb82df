import { type AddressInfo, connect as connectSocket } from "node:net";
import { Writable } from "node:stream";
import { get, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { describe, expect, it, onTestFinished } from "vitest";

async function started() {
  const lines: string[] = [];
  const log = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const { app } = await startTestApp({}, { log });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const names = async () => (await get(app, "/clans")).body.clans.map(({ name }: { name: string }) => name);
  return { exchange: (request: string) => exchange(port, request), lines, names };
}

/** Sends raw bytes, and reads the status and the body of what comes back. */
async function exchange(port: number, request: string) {
  const socket = connectSocket(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write(request);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  const [head = "", body = "", ...rest] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), head, body, rest: rest.join("\r\n\r\n") };
}

describe("a request that Node itself would answer, or take", () => {
  it.each([
    ["two Host headers", "GET /clans HTTP/1.1\r\nHost: a\r\nhost: b\r\n", 400, "MALFORMED_REQUEST"],
    ["the same Host twice", "GET /clans HTTP/1.1\r\nHost: a\r\nHost: a\r\n", 400, "MALFORMED_REQUEST"],
    ["no Host", "GET /clans HTTP/1.1\r\n", 400, "MALFORMED_REQUEST"],
    ["two Hosts in HTTP/1.0", "GET /clans HTTP/1.0\r\nHost: a\r\nHost: b\r\n", 400, "MALFORMED_REQUEST"],
    ["a Host that is none", "GET /clans HTTP/1.1\r\nHost: a b\r\n", 400, "MALFORMED_REQUEST"],
    ["a Host with a path", "GET /clans HTTP/1.1\r\nHost: a/b\r\n", 400, "MALFORMED_REQUEST"],
    ["a Host with a user", "GET /clans HTTP/1.1\r\nHost: a@b\r\n", 400, "MALFORMED_REQUEST"],
    [
      "two API keys",
      "GET /clans HTTP/1.1\r\nHost: a\r\n".concat("Authorization: Bearer x\r\n".repeat(2)),
      400,
      "MALFORMED_REQUEST",
    ],
    [
      "two media types",
      "GET /clans HTTP/1.1\r\nHost: a\r\n".concat("Content-Type: a/b\r\n".repeat(2)),
      400,
      "MALFORMED_REQUEST",
    ],
    ["HTTP/0.9", "GET /clans\r\n", 400, "MALFORMED_REQUEST"],
    ["HTTP/2.0 without its preface", "GET /clans HTTP/2.0\r\n", 400, "MALFORMED_REQUEST"],
    ["a path that is not percent-encoded", "GET /clans/%ZZ HTTP/1.1\r\nHost: a\r\n", 400, "INVALID_URL"],
    ["a path that is not UTF-8", "DELETE http://a/clans/%ff HTTP/1.1\r\nHost: a\r\n", 400, "INVALID_URL"],
    ["a # before the query", "GET /clans#name=%FF HTTP/1.1\r\nHost: a\r\n", 400, "INVALID_URL"],
    ["a # in the query", "GET /clans?page_size=1#x HTTP/1.1\r\nHost: a\r\n", 400, "INVALID_URL"],
    ["a # in a whole URL", "GET http://a/clans#x HTTP/1.1\r\nHost: a\r\n", 400, "INVALID_URL"],
    ["no Host for a path that is none", "GET /%ZZ HTTP/1.1\r\n", 400, "MALFORMED_REQUEST"],
    [
      "an unknown transfer coding",
      "GET /clans HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: foo, chunked\r\n",
      501,
      "NOT_IMPLEMENTED",
    ],
    ["an unknown method", "FOO /clans HTTP/1.1\r\nHost: a\r\n", 501, "NOT_IMPLEMENTED"],
    ["a method in lower case", "get /clans HTTP/1.1\r\nHost: a\r\n", 501, "NOT_IMPLEMENTED"],
    ["CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n", 501, "NOT_IMPLEMENTED"],
    ["an expectation", "GET /clans HTTP/1.1\r\nHost: a\r\nExpect: a-tea\r\n", 417, "EXPECTATION_FAILED"],
    ["garbage", "GARBAGE\r\n", 400, "MALFORMED_REQUEST"],
    ["a space in a header's name", "GET / HTTP/1.1\r\nHost : a\r\n", 400, "MALFORMED_REQUEST"],
    ["headers of 20 KiB", `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n`, 431, "HEADERS_TOO_LARGE"],
  ])("because of %s is a problem whose id is logged", async (_, head, status, reason) => {
    const { exchange, lines } = await started();
    const answer = await exchange(`${head}Connection: close\r\n\r\n`);
    expect(answer.status).toBe(status);
    const problem = JSON.parse(answer.body);
    expect([problem.reason, problem.status]).toEqual([reason, status]);
    expect(answer.head).toMatch(/content-type: application\/problem\+json/i);
    expect(answer.head).toMatch(/cache-control: no-store/i);
    expect(answer.head).toMatch(/x-content-type-options: nosniff/i);
    expect(answer.head.toLowerCase()).toContain(`x-request-id: ${problem.request_id}`);
    await expect.poll(() => lines.join("")).toContain(`"request_id":"${problem.request_id}"`);
  });

  it.each([
    ["HTTP/1.0 without Host", "GET /clans HTTP/1.0\r\n"],
    ["a Host with a port", "GET /clans HTTP/1.1\r\nHost: [::1]:8080\r\n"],
    ["an empty Host", "GET /clans HTTP/1.1\r\nHost:\r\n"],
    ["a whole URL, as to a proxy", "GET http://a:80/clans?page_size=1 HTTP/1.1\r\nHost: a\r\n"],
    ["a whole URL without a path", "OPTIONS HTTP://a?x HTTP/1.1\r\nHost: a\r\n", 404],
    ["a whole URL of something else", "GET ftp://a/clans HTTP/1.1\r\nHost: a\r\n", 404],
    ["Expect: 100-Continue", "GET /clans HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"],
  ])("is served with %s", async (_, head, status = 200) => {
    const { exchange } = await started();
    const { body, head: answered } = await exchange(`${head}Connection: close\r\n\r\n`);
    expect(`${answered}\r\n${body}`).toContain(`HTTP/1.1 ${status} `);
  });
});

it.each(["foo, chunked", "gzip, chunked", "identity, chunked"])(
  "a body with Transfer-Encoding: %s is not stored, and its connection closed",
  async (coding) => {
    const { exchange, names } = await started();
    const head = "POST /clans HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    const chunks = 'd\r\n{"name":"Ox"}\r\n0\r\n\r\n';
    const { head: answered, body } = await exchange(`${head}Transfer-Encoding: ${coding}\r\n\r\n${chunks}`);
    expect(answered).toMatch(/^HTTP\/1.1 501 .*\r\nconnection: close/is);
    expect(JSON.parse(body).detail).toBe("Transfer-Encoding can only be chunked.");
    expect(await names()).toEqual([]);
    await exchange(`${head}Transfer-Encoding: Chunked\r\nConnection: close\r\n\r\n${chunks}`);
    expect(await names()).toEqual(["Ox"]);
  },
);

describe("what is malformed behind a request on the same connection", () => {
  const create =
    'POST /clans HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"name":"Ox"}';
  const statuses = (answer: { head: string; body: string; rest: string }) =>
    [...`${answer.head}\r\n${answer.body}${answer.rest}`.matchAll(/HTTP\/1.1 (\d+) /g)].map(([, status]) =>
      Number(status),
    );

  it.each([
    ["garbage", "GARBAGE\r\n\r\n"],
    ["a CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501],
    ["an unknown method", "FOO /clans HTTP/1.1\r\nHost: a\r\n\r\n", 501],
    ["a second length", "POST /clans HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"],
  ])("gets its own answer after that request's: %s", async (_, second, status = 400) => {
    const { exchange, names } = await started();
    const answer = await exchange(create + second);
    expect(statuses(answer)).toEqual([201, status]);
    expect(answer.rest.match(/MALFORMED_REQUEST|NOT_IMPLEMENTED/g)).toHaveLength(1);
    expect(await names()).toEqual(["Ox"]);
  });

  it("is not answered in place of it, when a third one is cut off by its own body", async () => {
    const { exchange, names } = await started();
    const chunked =
      "POST /clans HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    expect(statuses(await exchange(create + chunked))[0]).not.toBe(400);
    await expect.poll(names).toEqual(["Ox"]);
    expect(statuses(await exchange(chunked))).toEqual([400]);
  });
});

describe("a slash at the end of a path", () => {
  it("finds the same route for reads", async () => {
    const { app } = await startTestApp();
    const { body: clan } = await created(app, "Night Owls", "/clans");
    expect((await get(app, "/clans/?page_size=1")).body.clans).toEqual([clan]);
    expect((await get(app, `/clans/${clan.id}/`)).body).toEqual(clan);
    expect((await get(app, "/clans/search/?name=owl")).body.clans).toEqual([clan]);
    expect((await get(app, "/health/live/")).status).toBe(200);
    for (const url of ["/docs", "/docs/"]) {
      expect((await app.inject({ method: "GET", url })).statusCode).toBe(200);
    }
    const { statusCode, headers } = await app.inject({ method: "PUT", url: "/clans/" });
    expect([statusCode, headers.allow]).toEqual([405, expect.stringContaining("POST")]);
  });

  it.each([
    ["DELETE", "/clans/ID/", undefined],
    ["DELETE", "/clans/ID/?", undefined],
    ["PATCH", "/clans/ID/", { name: "Day Owls" }],
    ["PUT", "/clans/ID/members/ann/", undefined],
    ["POST", "/clans/", { name: "Day Owls" }],
    ["POST", "/user-activity/", { rows: [] }],
    ["DELETE", "/users/ann/", undefined],
  ] as const)("refuses the write %s %s, and says what to send", async (method, path, payload) => {
    const { app } = await startTestApp();
    const { body: clan } = await created(app, "Night Owls", "/clans");
    const url = path.replace("ID", clan.id);
    const answer = await app.inject({ method, url, ...(payload && { payload }) });
    expect([answer.statusCode, answer.json().reason]).toEqual([404, "NOT_FOUND"]);
    expect(answer.json().detail).toContain(`Send ${method} ${url.replace(/\/\??$/, "")} `);
    expect((await get(app, "/clans")).body.clans).toEqual([clan]);
    expect((await get(app, `/clans/${clan.id}/members`)).body.members).toEqual([]);
  });

  it.each(["..", "%2e%2e", "x/../.."])(
    "does not let a client that resolves members/%s delete or change the clan",
    async (player) => {
      const { app } = await startTestApp();
      const url = await app.listen({ port: 0, host: "127.0.0.1" });
      const { body: clan } = await created(app, "Night Owls", "/clans");
      for (const kind of ["members", "join-requests", "invitations"]) {
        const answer = await fetch(`${url}/clans/${clan.id}/${kind}/${player}`, { method: "DELETE" });
        expect(answer.status).toBe(404);
      }
      const headers = { "content-type": "application/json" };
      const change = { method: "PATCH", headers, body: JSON.stringify({ name: "Day Owls" }) };
      expect((await fetch(`${url}/clans/${clan.id}/members/${player}`, change)).status).toBe(404);
      expect((await get(app, `/clans/${clan.id}`)).body).toEqual(clan);
    },
  );

  it.each(["//clans", "/clans//", "/clans//search?name=owl", "/health//live", "/docs//", "/user-activity//"])(
    "is one slash: %s is not found",
    async (url) => {
      const { app } = await startTestApp();
      const { status, body } = await get(app, url);
      expect([status, body.reason]).toEqual([404, "NOT_FOUND"]);
    },
  );
});

describe("OPTIONS", () => {
  it.each([
    ["/clans", "GET, HEAD, OPTIONS, POST"],
    ["/clans/", "GET, HEAD, OPTIONS, POST"],
    ["/clans/search?name=owl", "GET, HEAD, OPTIONS"],
    ["/clans/01a2088a-10e3-7d9b-a235-835b1aebf9e5", "DELETE, GET, HEAD, OPTIONS, PATCH"],
    ["/user-activity", "GET, HEAD, OPTIONS, POST"],
    ["/user-activity/import", "OPTIONS, POST"],
    ["/users/a/activity", "DELETE, OPTIONS"],
    ["/health", "GET, HEAD, OPTIONS"],
    ["/docs", "GET, HEAD, OPTIONS"],
  ])("%s says what is allowed: %s", async (url, allowed) => {
    const { app } = await startTestApp({ API_KEYS: "0".repeat(64) });
    const { statusCode, headers, body } = await app.inject({ method: "OPTIONS", url });
    expect([statusCode, body, String(headers.allow).split(", ").sort().join(", ")]).toEqual([
      204,
      "",
      allowed,
    ]);
  });

  it("of the whole server says what any path allows", async () => {
    const { exchange } = await started();
    const { head } = await exchange("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1.1 204 /);
    const [, allow = ""] = /^allow: (.+)$/im.exec(head) ?? [];
    expect(allow.split(", ").sort()).toEqual(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);
  });

  it("of a path that there is not is 404", async () => {
    const { app } = await startTestApp();
    expect((await app.inject({ method: "OPTIONS", url: "/nowhere" })).statusCode).toBe(404);
  });
});

describe("an unknown query parameter", () => {
  const id = "01a2088a-10e3-7d9b-a235-835b1aebf9e5";
  it.each([
    ["GET", "/clans?order=name"],
    ["GET", "/clans/search?name=owl&sort=name"],
    ["GET", `/clans/${id}?sort=name`],
    ["HEAD", `/clans/${id}?sort=name`],
    ["DELETE", `/clans/${id}?sort=name`],
    ["POST", "/clans?sort=name"],
    ["POST", "/user-activity?sort=name"],
    ["POST", "/user-activity/import?sort=name"],
    ["GET", "/user-activity?user_id=a&sort=name"],
    ["DELETE", "/users/a/activity?sort=name"],
    ["DELETE", "/users/a/activity?__proto__=name"],
  ] as const)("of %s %s is refused by name", async (method, url) => {
    const { app } = await startTestApp();
    const headers = url.includes("import") ? { "content-type": "text/csv" } : {};
    const payload = url.includes("import") ? "user_id" : { name: "Owls", rows: [] };
    const { statusCode, body } = await app.inject({
      method,
      url,
      ...(method === "POST" && { payload, headers }),
    });
    expect(statusCode).toBe(400);
    if (method === "HEAD") return;
    const { reason, errors } = JSON.parse(body);
    expect([reason, errors[0].field]).toEqual(["VALIDATION_FAILED", "query"]);
    expect(errors[0].message).toMatch(/^has unknown fields: (sort|order|__proto__)$/);
  });

  it("of a probe is ignored, and an empty query is none", async () => {
    const { app } = await startTestApp();
    expect((await get(app, "/health/live?nocache=1")).status).toBe(200);
    expect((await created(app, "Night Owls", "/clans?")).status).toBe(201);
  });
});

async function created(app: Parameters<typeof get>[0], name: string, url: string) {
  const response = await app.inject({ method: "POST", url, payload: { name } });
  return { status: response.statusCode, body: response.json() };
}
