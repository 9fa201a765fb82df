import rateLimit from "@fastify/rate-limit";
import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config.ts";
import { Problem } from "./problem.ts";

// As many wait for a connection as it serves in well under a second. More would only make all wait longer, and the work of
// reading those that are refused in the end would be lost to those that are not.
const requestsPerConnection = 32;

// Of its time, in which a process that does not keep up is at work.
const busyShare = 0.8;

/**
 * Protects all routes of `app`: 429 for one client that asks too much, 503 at once while more requests are running than the
 * pool can serve soon, or when the process is overloaded.
 */
export async function limit(
  app: FastifyInstance,
  config: Pick<Config, "POOL_MAX" | "RATE_LIMIT_PER_MINUTE">,
): Promise<void> {
  const overloaded = () => {
    const detail = "The service is overloaded; try again in a moment.";
    return new Problem(503, "OVERLOADED", detail, { headers: { "retry-after": "2" } });
  };
  await app.register(underPressure, {
    // The mean of half a second; a busy but healthy process is below 50 ms.
    maxEventLoopDelay: 300,
    sampleInterval: 500,
    eventLoopUtilizationMode: "interval",
    pressureHandler: () => {
      // Where it was late and had little to do, it had no processor, as between requests on Cloud Run.
      if (app.memoryUsage().eventLoopUtilized > busyShare) throw overloaded();
    },
  });
  const most = config.POOL_MAX * requestsPerConnection;
  let running = 0;
  app.addHook("onRequest", (_request, reply, done) => {
    if (running >= most) return done(overloaded());
    running++;
    reply.raw.once("close", () => running--);
    done();
  });
  if (config.RATE_LIMIT_PER_MINUTE === 0) return;
  await app.register(rateLimit, {
    max: config.RATE_LIMIT_PER_MINUTE,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new Problem(
        429,
        "TOO_MANY_REQUESTS",
        `More than ${max} requests a minute; try again in ${Math.ceil(ttl / 1_000)} s.`,
      ),
  });
}
