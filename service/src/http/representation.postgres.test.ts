import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { describe, expect, it } from "vitest";

type Headers = Record<string, string>;
const read = (app: FastifyInstance, url: string, headers: Headers = {}, method: "GET" | "HEAD" = "GET") =>
  app.inject({ method, url, headers });

async function withClans(count: number) {
  const { app, database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  await admin.query("insert into clans (name) select 'clan ' || n from generate_series(1, $1) n", [count]);
  return app;
}

describe("ETag", () => {
  it("of a clan, a page, a history, members, requests and invitations stays until they change, and brings a 304", async () => {
    const { app } = await startTestApp();
    const { body } = await post(app, "/clans", { name: "Night Owls", leader_user_id: "zoe" });
    const clan = `/clans/${body.id}`;
    await post(app, "/user-activity", { rows: [activity({ user_id: "a" })] });
    await post(app, `${clan}/join-requests`, { user_id: "a" });
    await post(app, `${clan}/invitations`, { user_id: "a" });
    const lists = [`${clan}/members`, `${clan}/join-requests`, `${clan}/invitations`];
    const own = ["/users/zoe/clan", "/users/a/join-requests", "/users/a/invitations"];
    const others = [clan, "/clans", "/clans/search?name=owl", "/user-activity?user_id=a"];
    for (const url of [...others, ...lists, ...own]) {
      const first = await read(app, url);
      expect(first.headers.etag).toMatch(/^"[\w-]{22}"$/);
      const again = await read(app, url, { "if-none-match": `"other", W/${first.headers.etag}` });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, "", first.headers.etag]);
      expect(again.headers["content-length"]).toBeUndefined();
      expect(again.headers["content-type"]).toBeUndefined();
      expect(again.headers["cache-control"]).toBe(first.headers["cache-control"]);
      expect((await read(app, url, { "if-none-match": '"other"' })).body).toBe(first.body);
      expect((await read(app, url, { "if-none-match": "*" })).statusCode).toBe(304);
    }
    const before = (await read(app, "/clans")).headers.etag;
    await post(app, "/clans", { name: "Larks" });
    const after = await read(app, "/clans", { "if-none-match": String(before) });
    expect([after.statusCode, after.json().clans.length]).toEqual([200, 2]);

    const tagOf = async (url: string) => String((await read(app, url)).headers.etag);
    const tags = await Promise.all([...lists, ...own].map(tagOf));
    await app.inject({ method: "PUT", url: `${clan}/members/a` });
    for (const [at, url] of [...lists, ...own].entries()) {
      const changed = await read(app, url, { "if-none-match": tags[at] ?? "" });
      expect([url, changed.statusCode]).toEqual([url, 200]);
    }
  });

  it("is not on errors and probes, which no cache may keep", async () => {
    const { app } = await startTestApp();
    const urls = ["/clans/x", "/nowhere", "/clans?page_size=0", "/health", "/health/live"];
    for (const url of urls) {
      const { headers } = await read(app, url);
      expect([url, headers.etag, headers["cache-control"]]).toEqual([url, undefined, "no-store"]);
    }
  });
});

describe("If-Match", () => {
  const remove = (app: FastifyInstance, id: string, headers: Headers) =>
    app.inject({ method: "DELETE", url: `/clans/${id}`, headers });

  it("lets DELETE succeed for the clan that was read, and for * where there is one", async () => {
    const { app } = await startTestApp();
    for (const value of [undefined, "*"]) {
      const { id } = (await post(app, "/clans", { name: "Night Owls" })).body;
      const etag = String((await read(app, `/clans/${id}`)).headers.etag);
      const ifMatch = value ?? `"x", ${etag}`;
      expect((await remove(app, id, { "if-match": ifMatch })).statusCode).toBe(204);
      const gone = await remove(app, id, { "if-match": "*" });
      expect([gone.statusCode, gone.json().reason]).toEqual([404, "CLAN_NOT_FOUND"]);
    }
  });

  it.each([
    ["another tag", () => ({ "if-match": '"other"' })],
    ["a weak tag", (tag: string) => ({ "if-match": `W/${tag}` })],
    ["a weak tag in lower case", (tag: string) => ({ "if-match": `w/${tag}` })],
    ["a tag with a word before it", (tag: string) => ({ "if-match": `x${tag}` })],
    ["no tag at all", () => ({ "if-match": "other" })],
    ["an If-None-Match that has it", (tag: string) => ({ "if-none-match": `W/${tag}` })],
    ["If-None-Match: *", () => ({ "if-none-match": "*" })],
  ])("answers 412 to %s, and the clan stays", async (_, headersOf) => {
    const { app } = await startTestApp();
    const { id } = (await post(app, "/clans", { name: "Night Owls" })).body;
    const etag = String((await read(app, `/clans/${id}`)).headers.etag);
    const answer = await remove(app, id, headersOf(etag));
    expect([answer.statusCode, answer.json().reason]).toEqual([412, "PRECONDITION_FAILED"]);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect((await read(app, `/clans/${id}`)).statusCode).toBe(200);
  });
});

describe("HEAD", () => {
  it("has the headers of GET and no body", async () => {
    const app = await withClans(100);
    await post(app, "/user-activity", { rows: [activity({ user_id: "a" })] });
    const { clans } = (await read(app, "/clans?page_size=1")).json();
    const urls = ["/clans", `/clans/${clans[0].id}`, "/clans/search?name=clan", "/user-activity?user_id=a"];
    for (const url of [...urls, "/health", "/health/live", "/openapi.json", "/docs", "/clans/x"]) {
      for (const headers of [{}, { "accept-encoding": "gzip" }, { "if-none-match": "*" }] as Headers[]) {
        const compared = ({ statusCode, headers }: LightMyRequestResponse) => {
          const { date: _, "x-request-id": __, ...rest } = headers;
          return { url, statusCode, ...rest };
        };
        const [ofGet, ofHead] = [await read(app, url, headers), await read(app, url, headers, "HEAD")];
        // A problem holds its request's id, always of the same length.
        expect(compared(ofHead)).toEqual(compared(ofGet));
        expect(ofHead.body).toBe("");
      }
    }
  });
});

describe("compression", () => {
  it.each([
    ["gzip", gunzipSync],
    ["br", brotliDecompressSync],
  ] as const)("%s keeps the body of a page, small or large, to the byte", async (coding, decompress) => {
    const app = await withClans(1_000);
    for (const url of ["/clans?page_size=20", "/clans?page_size=1000", "/openapi.json"]) {
      const plain = await read(app, url);
      const coded = await read(app, url, { "accept-encoding": coding });
      expect(coded.headers).toMatchObject({
        "content-encoding": coding,
        etag: `W/${plain.headers.etag}`,
        "content-type": plain.headers["content-type"],
        "content-length": String(coded.rawPayload.length),
      });
      expect(coded.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
      expect(decompress(coded.rawPayload).equals(plain.rawPayload)).toBe(true);
      for (const answer of [plain, coded]) expect(answer.headers.vary).toBe("Accept-Encoding");
      const known = { "if-none-match": String(coded.headers.etag) };
      expect((await read(app, url, { ...known, "accept-encoding": coding })).statusCode).toBe(304);
      // The comparison is weak: it is the same clans in another coding.
      expect((await read(app, url, known)).statusCode).toBe(304);
    }
  });

  it("leaves answers below a kilobyte alone, and those to clients that don't ask", async () => {
    const app = await withClans(50);
    const small = await read(app, "/clans?page_size=2", { "accept-encoding": "gzip, br" });
    const unasked = await read(app, "/clans");
    for (const { headers } of [small, unasked]) {
      expect([headers["content-encoding"], headers.vary]).toEqual([undefined, "Accept-Encoding"]);
    }
  });

  it("keeps all digits of amounts, and serves errors too", async () => {
    const { app } = await startTestApp();
    const revenue = "0.12345678901234567890123456789";
    const rows = Array.from({ length: 20 }, (_, day) =>
      activity({ user_id: "a", event_date: `2026-01-${10 + day}`, install_date: "2026-01-01" }),
    );
    const body = JSON.stringify({ rows }).replace(/"iap_revenue":[^,}]+/g, `"iap_revenue":${revenue}`);
    expect((await post(app, "/user-activity", body)).status).toBe(200);
    const history = await read(app, "/user-activity?user_id=a", { "accept-encoding": "gzip" });
    expect(history.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(history.rawPayload).toString()).toContain(`"iap_revenue":${revenue}`);

    const payload = JSON.stringify({ rows: Array(100).fill({}) });
    const headers = { "content-type": "application/json", "accept-encoding": "gzip" };
    const refused = await app.inject({ method: "POST", url: "/user-activity", payload, headers });
    expect([refused.statusCode, refused.headers["content-encoding"]]).toEqual([400, "gzip"]);
    expect(JSON.parse(gunzipSync(refused.rawPayload).toString()).error_count).toBe(1_300);
  });
});

it("Cache-Control lets clans and the docs be revalidated, and keeps what is personal or written out of caches", async () => {
  const { app } = await startTestApp();
  const created = await post(app, "/clans", { name: "Night Owls" });
  expect(created.headers["cache-control"]).toBe("no-store");
  const expected = {
    "/clans": "no-cache",
    [`/clans/${created.body.id}`]: "no-cache",
    "/clans/search?name=owl": "no-cache",
    "/user-activity?user_id=a": "no-store",
    "/openapi.json": "no-cache",
    "/docs": "no-cache",
    "/docs/static/swagger-ui.css": "public, max-age=0",
  };
  for (const [url, value] of Object.entries(expected)) {
    const { statusCode, headers } = await read(app, url);
    expect([url, statusCode, headers["cache-control"]]).toEqual([url, 200, value]);
    expect([url, headers.etag]).toEqual([url, expect.any(String)]);
  }
  const css = await read(app, "/docs/static/swagger-ui.css");
  const known = { "if-none-match": String(css.headers.etag) };
  expect((await read(app, "/docs/static/swagger-ui.css", known)).statusCode).toBe(304);
});
