import { get, listen, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { describe, expect, it } from "vitest";

const game = "https://play.example.com";
const settings = { CORS_ORIGINS: `${game},http://localhost:5173`, API_KEYS: "0".repeat(64) };

describe("with CORS_ORIGINS", () => {
  it("every answer to an allowed origin, errors too, can be read by its pages", async () => {
    const { app } = await startTestApp({ ...settings, RATE_LIMIT_PER_MINUTE: "7" });
    const statuses = [];
    const urls = [
      "/clans",
      "/clans/x",
      "/nowhere",
      "/user-activity?user_id=a",
      "/%zz",
      "/clans?page_size=0",
      "/clans",
    ];
    for (const url of [...urls, "/clans", "/health/live"]) {
      const { status, headers } = await get(app, url, { origin: game });
      statuses.push(status);
      expect([url, headers["access-control-allow-origin"]]).toEqual([url, game]);
      expect(headers.vary).toMatch(/^Origin/);
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
      expect(String(headers["access-control-expose-headers"]).split(", ")).toEqual(
        expect.arrayContaining([
          "ETag",
          "Location",
          "Retry-After",
          "RateLimit",
          "RateLimit-Policy",
          "X-Request-Id",
        ]),
      );
    }
    expect(statuses).toEqual([200, 400, 404, 401, 400, 400, 200, 429, 200]);
    const { headers } = await post(app, "/clans", { name: "Owls" }, { origin: "http://localhost:5173" });
    expect(headers["access-control-allow-origin"]).toBe("http://localhost:5173");
  });

  it.each([undefined, "https://evil.example.com", "null", `${game}.evil.com`, "http://play.example.com"])(
    "an answer to the origin %s says only that it varies",
    async (origin) => {
      const { app } = await startTestApp(settings);
      const { status, headers } = await get(app, "/clans", origin === undefined ? {} : { origin });
      expect([status, headers.vary]).toEqual([200, "Origin, Accept-Encoding"]);
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    },
  );

  it("a preflight is answered without an API key, for two hours", async () => {
    const { app } = await startTestApp(settings);
    const headers = { origin: game, "access-control-request-method": "DELETE" };
    const id = "01a2088a-10e3-7d9b-a235-835b1aebf9e5";
    const answer = await app.inject({ method: "OPTIONS", url: `/clans/${id}`, headers });
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": game,
      // All that the service reads: a gzip import has Content-Encoding, and tracing in a page adds Traceparent.
      "access-control-allow-headers":
        "Authorization, Content-Encoding, Content-Type, Idempotency-Key, If-Match, If-None-Match, Traceparent, X-Request-Id",
      "access-control-max-age": "7200",
    });
    expect(String(answer.headers["access-control-allow-methods"]).split(", ")).toContain("DELETE");
    const other = await app.inject({
      method: "OPTIONS",
      url: "/clans",
      headers: { ...headers, origin: "https://evil.example.com" },
    });
    expect(other.headers["access-control-allow-methods"]).toBeUndefined();
  });

  it("a preflight is answered beyond the rate limit, at any path, and uses nothing up, so that the refusal can be read", async () => {
    const { app } = await startTestApp({ ...settings, RATE_LIMIT_PER_MINUTE: "1" });
    const preflight = async (url: string, method: string, headers = {}) =>
      app.inject({
        method: "OPTIONS",
        url,
        headers: { origin: game, "access-control-request-method": method, ...headers },
      });
    expect((await preflight("/clans", "POST")).statusCode).toBe(204);
    expect((await get(app, "/clans", { origin: game })).status).toBe(200);
    expect((await get(app, "/clans", { origin: game })).status).toBe(429);
    for (const [url, method] of [
      ["/clans", "POST"],
      ["/clans", "PUT"],
      ["/nowhere", "DELETE"],
      ["/clans//x", "PATCH"],
      ["/%zz", "POST"],
    ] as const) {
      const { statusCode, headers } = await preflight(url, method);
      expect([url, statusCode, headers["access-control-allow-origin"]]).toEqual([url, 204, game]);
      expect(String(headers["access-control-allow-methods"]).split(", ")).toContain(method);
    }
    expect((await preflight("/clans", "POST", { origin: "https://evil.example.com" })).statusCode).toBe(429);
  });

  it("an answer to what is no request can be read as well", async () => {
    const { app } = await startTestApp(settings);
    const url = await listen(app);
    const answer = await fetch(`${url}/clans?name=${"x".repeat(20_000)}`, { headers: { origin: game } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([431, "*"]);
    expect(answer.headers.get("access-control-expose-headers")).toBe("X-Request-Id");
  });
});

it("without CORS_ORIGINS, no answer mentions an origin", async () => {
  const { app } = await startTestApp();
  const { headers } = await get(app, "/clans", { origin: game });
  expect(headers.vary).toBe("Accept-Encoding");
  expect(headers["access-control-allow-origin"]).toBeUndefined();
});
