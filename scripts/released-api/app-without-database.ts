import { buildApp } from "@clan-platform/service/app.ts";
import { parseConfig } from "@clan-platform/service/config.ts";
import { createPool } from "@clan-platform/service/database/pool.ts";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";

/** The service, for what needs no database: its document, and the page over it. */
export async function buildAppWithoutDatabase(): Promise<FastifyInstance> {
  const config = parseConfig({
    DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
    RATE_LIMIT_PER_MINUTE: "0",
  });
  const pool = createPool(config, () => {});
  const app = await buildApp({ config, pool, logger: pino({ level: "silent" }) });
  app.addHook("onClose", () => pool.end());
  return app;
}
