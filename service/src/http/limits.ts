import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config.ts";
import { Problem } from "./problem.ts";

// One for all: to make an error for each would cost most when there is least time.
const overloaded = new Problem(503, "OVERLOADED", "The service is overloaded; try again in a moment.", {
  headers: { "retry-after": "2" },
});

// Of its time, in which a process that does not keep up is at work.
const busyShare = 0.8;

/** Protects all routes of `app`: 429 for one client that asks too much, 503 when the process is overloaded. */
export async function limitLoad(
  app: FastifyInstance,
  config: Pick<Config, "RATE_LIMIT_PER_MINUTE">,
): Promise<void> {
  await app.register(underPressure, {
    // The mean of half a second; a busy but healthy process is below 50 ms.
    maxEventLoopDelay: 300,
    sampleInterval: 500,
    eventLoopUtilizationMode: "interval",
    pressureHandler: () => {
      // Where it was late and had little to do, it had no processor, as between requests on Cloud Run.
      if (app.memoryUsage().eventLoopUtilized > busyShare) throw overloaded;
    },
  });
  if (config.RATE_LIMIT_PER_MINUTE === 0) return;
  const { default: rateLimit } = await import("@fastify/rate-limit");
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

// As many wait for a connection as it serves in well under a second. More would only make all wait longer.
const requestsPerConnection = 32;

/**
 * Answers 503 at once while more requests of these routes are running than so many connections serve soon; before their
 * bodies are read, for the work of reading those that are refused in the end would be lost to those that are not.
 */
export function limitRunning(app: FastifyInstance, connections: number): void {
  const most = connections * requestsPerConnection;
  let running = 0;
  app.addHook("onRequest", (_request, reply, done) => {
    if (running >= most) return done(overloaded);
    running++;
    reply.raw.once("close", () => running--);
    done();
  });
}
