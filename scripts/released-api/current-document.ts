import { buildApp } from "@clan-platform/service/app.ts";
import { parseConfig } from "@clan-platform/service/config.ts";
import { createPool } from "@clan-platform/service/database/pool.ts";
import { pino } from "pino";
import type { ApiDocument } from "./api-document.ts";

/** The OpenAPI document that the service serves. Nothing listens, and no database is needed. */
export async function currentDocument(): Promise<ApiDocument> {
  const config = parseConfig({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" });
  const pool = createPool(config, () => {});
  const app = await buildApp({ config, pool, logger: pino({ level: "silent" }) });
  try {
    await app.ready();
    // As a client gets it: without what JSON leaves out.
    return JSON.parse(JSON.stringify(app.swagger()));
  } finally {
    await app.close();
    await pool.end();
  }
}
