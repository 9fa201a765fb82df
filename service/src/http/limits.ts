import rateLimit from "@fastify/rate-limit";
import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config.ts";
import { Problem } from "./problem.ts";

/** Protects all routes of `app`: 429 for one client that asks too much, 503 when the process is overloaded. */
export async function limit(
  app: FastifyInstance,
  config: Pick<Config, "RATE_LIMIT_PER_MINUTE">,
): Promise<void> {
  await app.register(underPressure, {
    // The mean of half a second; a busy but healthy process is below 50 ms.
    maxEventLoopDelay: 300,
    sampleInterval: 500,
    pressureHandler: () => {
      const detail = "The service is overloaded; try again in a moment.";
      throw new Problem(503, "OVERLOADED", detail, { headers: { "retry-after": "2" } });
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
