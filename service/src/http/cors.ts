import type { FastifyInstance, FastifyRequest } from "fastify";
import { isBodyExpected } from "./open-bodies.ts";

// Sent by clients beyond the few that browsers always allow, and read by them.
const requestHeaders =
  "Authorization, Content-Encoding, Content-Type, Idempotency-Key, If-Match, If-None-Match, Traceparent, X-Request-Id";
const responseHeaders =
  "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
// As long as the browser that remembers a preflight for least does so.
const preflightSeconds = 7_200;

// Of every path, so that pages can read a 404 or a 405 too.
const methods = "DELETE, GET, HEAD, PATCH, POST, PUT";

/**
 * Lets pages of these origins call the service: every answer, errors too, has the headers of CORS. A preflight is answered at
 * once: refused by a limit, or because there is no such path, it would keep the page from reading why. There are no cookies, so
 * credentials are not allowed.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const known = new Set(origins);
  app.addHook("onRequest", (request, reply, done) => {
    // A cache must not give one origin's answer to another.
    reply.header("vary", "Origin");
    const { origin } = request.headers;
    if (origin === undefined || !known.has(origin)) return done();
    reply.header("access-control-allow-origin", origin);
    if (!isPreflight(request)) {
      reply.header("access-control-expose-headers", responseHeaders);
      return done();
    }
    reply.code(204).header("access-control-allow-methods", methods);
    reply.header("access-control-allow-headers", requestHeaders);
    reply.header("access-control-max-age", preflightSeconds).send();
  });
}

/** Browsers send it without a body; what has one is left to the other hooks. */
const isPreflight = ({ method, headers, raw }: FastifyRequest): boolean =>
  method === "OPTIONS" && headers["access-control-request-method"] !== undefined && !isBodyExpected(raw);

/** The headers, in lines, of an answer to what could not be read as a request, whose origin is unknown. It says nothing secret. */
export const anyOriginLines = (origins: readonly string[]): string =>
  origins.length === 0
    ? ""
    : "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: X-Request-Id\r\n";
