import rateLimit from "@fastify/rate-limit";
import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config.ts";
import { Problem } from "./problem.ts";

// One for all requests: creating an error for each would cost most under overload.
const overloaded = new Problem(503, "OVERLOADED", "The service is overloaded; try again in a moment.", {
  headers: { "retry-after": "2" },
});

// The share of its time that a process which can't keep up is working.
const busyShare = 0.8;

/** Protects all routes of `app`: 429 for a client that exceeds the rate limit, 503 when the process is overloaded. */
export async function limitLoad(
  app: FastifyInstance,
  config: Pick<Config, "RATE_LIMIT_PER_MINUTE">,
): Promise<void> {
  await app.register(underPressure, {
    // The mean over half a second; a busy but healthy process is below 50 ms.
    maxEventLoopDelay: 300,
    sampleInterval: 500,
    eventLoopUtilizationMode: "interval",
    pressureHandler: () => {
      // A delay with little work means that the process had no CPU, as between requests on Cloud Run.
      if (app.memoryUsage().eventLoopUtilized > busyShare) throw overloaded;
    },
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

// How many requests one connection serves in well under a second; more would only make all of them wait longer.
const requestsPerConnection = 32;

/**
 * Answers 503 immediately while more requests of these routes are running than so many connections can serve soon. It
 * does so before their bodies are read: that work would be taken from the requests that are served.
 */
export function shedLoad(app: FastifyInstance, connections: number): void {
  const most = connections * requestsPerConnection;
  let running = 0;
  app.addHook("onRequest", (_request, reply, done) => {
    if (running >= most) return done(overloaded);
    running++;
    reply.raw.once("close", () => running--);
    done();
  });
}
