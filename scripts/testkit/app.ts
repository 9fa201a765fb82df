import { buildApp } from "@clan-platform/service/app.ts";
import { parseConfig } from "@clan-platform/service/config.ts";
import { createPool } from "@clan-platform/service/database/pool.ts";
import { createLogger } from "@clan-platform/service/logging.ts";
import type { FastifyInstance } from "fastify";
import { type DestinationStream, pino } from "pino";
import { onTestFinished } from "vitest";
import { createTestDatabase, type TestDatabase } from "./database.ts";

export interface TestApp {
  app: FastifyInstance;
  database: TestDatabase;
}

/** The service as production wires it, on a database of its own; `environment` sets what a deployment would. */
export async function startTestApp(
  environment: NodeJS.ProcessEnv = {},
  { database, log }: { database?: TestDatabase; log?: DestinationStream } = {},
): Promise<TestApp> {
  const testDatabase = database ?? (await createTestDatabase());
  const config = parseConfig({
    DATABASE_URL: testDatabase.serviceUrl,
    RATE_LIMIT_PER_MINUTE: "0",
    ...environment,
  });
  const logger = log ? await createLogger({ ...config, LOG_FORMAT: "json" }, log) : pino({ level: "silent" });
  const pool = createPool(config, () => {});
  const app = await buildApp({ config, pool, logger });
  onTestFinished(async () => {
    await app.close();
    await pool.end();
  });
  return { app, database: testDatabase };
}

/** POSTs JSON and reads the answer. */
export async function post(
  app: FastifyInstance,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const payload = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const response = await app.inject({
    method: "POST",
    url,
    payload,
    headers: { "content-type": "application/json", ...headers },
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    body: response.json(),
  };
}

/** GETs JSON and reads the answer. */
export async function get(app: FastifyInstance, url: string, headers: Record<string, string> = {}) {
  const response = await app.inject({ method: "GET", url, headers });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
}

/** Lets the service listen on a free port, for tests that `inject` can't serve, and returns its URL. */
export async function listen(app: FastifyInstance): Promise<string> {
  return app.listen({ host: "127.0.0.1", port: 0 });
}
