import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

// Sent by clients beyond the few that browsers always allow, and read by them.
const requestHeaders =
  "Authorization, Content-Encoding, Content-Type, Idempotency-Key, If-Match, If-None-Match, Traceparent, X-Request-Id";
const responseHeaders =
  "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
// As long as the browser that remembers a preflight for least does so.
const preflightSeconds = 7_200;

/** Sets the headers that let pages of other origins read an answer. */
export type AllowOrigin = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Lets pages of these origins call the service: every answer, errors too, has the headers of CORS. A preflight is an OPTIONS,
 * which `refuseOtherMethods` answers. There are no cookies, so credentials are not allowed.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): AllowOrigin {
  if (origins.length === 0) return () => {};
  const known = new Set(origins);
  const allowOrigin: AllowOrigin = ({ method, headers }, reply) => {
    // A cache must not give one origin's answer to another.
    reply.header("vary", "Origin");
    const { origin } = headers;
    if (origin === undefined || !known.has(origin)) return;
    reply.header("access-control-allow-origin", origin);
    if (method === "OPTIONS" && headers["access-control-request-method"] !== undefined) {
      reply.header("access-control-allow-headers", requestHeaders);
      reply.header("access-control-max-age", preflightSeconds);
    } else reply.header("access-control-expose-headers", responseHeaders);
  };
  app.addHook("onRequest", (request, reply, done) => {
    allowOrigin(request, reply);
    done();
  });
  return allowOrigin;
}

/** Whether an answer is that to a preflight of an allowed origin. */
export const isPreflight = (reply: FastifyReply) => reply.hasHeader("access-control-allow-headers");
