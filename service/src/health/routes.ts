import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type pg from "pg";
import { z } from "zod";
import { PoolerError, refusePooler } from "../database/pooler.ts";
import { neededVersion, schemaVersion } from "../database/schema-version.ts";
import { isPublic } from "../http/access.ts";
import { json } from "../http/answers.ts";
import { cached } from "../http/cached.ts";
import { problems, schemaOutdated } from "../http/problem.ts";

const Health = z.object({ status: z.enum(["ok"]) }).meta({ id: "Health" });

// An answer costs no more than refusing one, so that a flood of them harms nothing, and limiting it by address could
// only make a probe take a busy instance for a dead one.
const config = { rateLimit: false } as const;
const freshMs = 1_000;

/**
 * `/health/live`: the process answers. `/health` and `/health/ready`: the database answers too, with sessions of its own
 * and every migration of this code; otherwise 503. A newer schema is fine. The database is asked at most once per second.
 * None is rate limited.
 */
export const healthRoutes: FastifyPluginAsyncZod<{ database: pg.Pool }> = async (app, { database }) => {
  app.get(
    "/health/live",
    {
      config,
      schema: {
        tags: ["health"],
        operationId: "getLiveness",
        summary: "Does the process answer?",
        description:
          "Asks nothing else, so that a probe does not restart the service while the database is away.",
        ...isPublic,
        response: { 200: json("It does", Health), ...problems(500) },
      },
    },
    async () => ({ status: "ok" as const }),
  );

  // Neither is ever undone: a migration, and the place that DATABASE_URL leads to.
  let isUsable = false;
  const requireDatabase = cached(async () => {
    if (isUsable) return void (await database.query("select 1"));
    await refusePooler(database);
    await requireMigrations(database);
    isUsable = true;
  }, freshMs);
  // Started while the rest is wired, so that the first probe finds a connection, or waits for this one.
  requireDatabase().catch((error) => {
    if (error instanceof PoolerError) app.log.error(error.message);
  });

  for (const [url, operationId] of [
    ["/health", "getHealth"],
    ["/health/ready", "getReadiness"],
  ] as const) {
    app.get(
      url,
      {
        config,
        schema: {
          tags: ["health"],
          operationId,
          summary: "Can the service do its work?",
          description:
            "Asks the database, at most once per second, whether it answers and has the schema that this needs.",
          ...isPublic,
          response: { 200: json("It can", Health), ...problems(500, 503) },
        },
      },
      async () => {
        await requireDatabase();
        return { status: "ok" as const };
      },
    );
  }
};

/** @throws {Problem} 503 while the database lacks a migration of this code */
async function requireMigrations(database: pg.Pool): Promise<void> {
  const version = await schemaVersion(database);
  if (version >= neededVersion) return;
  throw schemaOutdated(`is at version ${version}, and this service needs ${neededVersion}`);
}
