import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";
import { RequestWindows } from "./request-windows.ts";

/**
 * Limits the requests per minute and address (0: without a limit) of all routes that are added after this, and of paths
 * without a route; routes with `config: { rateLimit: false }` are exempt. A plugin's own hook would run after those of a
 * route, so that requests without a valid API key would not count.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ for the headers
 */
export async function limitRate(app: FastifyInstance, perMinute: number): Promise<void> {
  if (perMinute === 0) return;
  await app.register(rateLimit, { global: false, max: perMinute, timeWindow: 60_000, store: RequestWindows });
  const countOne = app.createRateLimit();
  const policy = `"default";q=${perMinute};w=60`;

  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config?.rateLimit === false) return;
    const usage = await countOne(request);
    if (usage.isAllowed) return;
    const { remaining, ttlInSeconds } = usage;
    reply.header("ratelimit-policy", policy);
    reply.header("ratelimit", `"default";r=${remaining};t=${ttlInSeconds}`);
    if (usage.isExceeded) throw tooManyRequests(perMinute, ttlInSeconds);
  });
}

function tooManyRequests(perMinute: number, seconds: number): Problem {
  const detail = `More than ${perMinute} requests a minute; try again in ${seconds} s.`;
  return new Problem(429, "TOO_MANY_REQUESTS", detail, { headers: { "retry-after": String(seconds) } });
}
