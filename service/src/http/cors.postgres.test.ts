import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
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

  it("a preflight is answered without an API key, with what the path allows, for two hours", async () => {
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
});

it("without CORS_ORIGINS, no answer mentions an origin", async () => {
  const { app } = await startTestApp();
  const { headers } = await get(app, "/clans", { origin: game });
  expect(headers.vary).toBe("Accept-Encoding");
  expect(headers["access-control-allow-origin"]).toBeUndefined();
});
