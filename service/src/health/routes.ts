import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Queryable } from "../database/database.ts";
import { neededVersion, schemaVersion } from "../database/schema-version.ts";
import { problems, schemaOutdated } from "../http/problem.ts";

const Healthy = z.object({ status: z.literal("ok") });

/**
 * `/health/live`: the process answers. `/health` and `/health/ready`: the database answers too, and has every migration
 * of this code; otherwise 503. A newer schema is fine.
 * None is rate limited, so that a probe never takes a busy instance for a dead one.
 */
export const healthRoutes: FastifyPluginAsyncZod<{ database: Queryable }> = async (app, { database }) => {
  app.get(
    "/health/live",
    {
      schema: {
        tags: ["health"],
        summary: "Is the process alive?",
        response: { 200: Healthy, ...problems(500) },
      },
    },
    async () => ({ status: "ok" as const }),
  );

  // Migrations are never undone.
  let isMigrated = false;
  let check: Promise<void> | undefined;
  const requireMigrations = () => {
    check ??= checkMigrations(database)
      .then(() => {
        isMigrated = true;
      })
      .finally(() => {
        check = undefined;
      });
    return check;
  };
  // Started while the rest is wired, so that the first probe finds a connection, or waits for this one.
  requireMigrations().catch(() => {});

  for (const url of ["/health", "/health/ready"]) {
    app.get(
      url,
      {
        schema: {
          tags: ["health"],
          summary: "Can it serve: does the database answer, with the schema that it needs?",
          response: { 200: Healthy, ...problems(500, 503) },
        },
      },
      async () => {
        if (isMigrated) await database.query("select 1");
        else await requireMigrations();
        return { status: "ok" as const };
      },
    );
  }
};

/** @throws {Problem} 503 while the database lacks a migration of this code */
async function checkMigrations(database: Queryable): Promise<void> {
  const version = await schemaVersion(database);
  if (version >= neededVersion) return;
  throw schemaOutdated(`is at version ${version}, and this service needs ${neededVersion}`);
}
