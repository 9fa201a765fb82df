import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Queryable } from "../database/database.ts";
import { neededVersion, schemaVersion } from "../database/schema-version.ts";
import { problems, schemaOutdated } from "../http/problem.ts";

const Healthy = z.object({ status: z.literal("ok") });

/**
 * `/health/live`: the process answers. `/health` and `/health/ready`: so does the database, and it has every migration of
 * this code; 503 when not. A newer schema is fine.
 * Neither is rate limited, so that a probe never takes a busy instance for a dead one.
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

  // A schema only grows.
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
  // Begun while the rest is wired: the first request need not wait for a connection, or waits for this one.
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

/** @throws {Problem} while the database lacks a migration of this code: it must not serve then. */
async function checkMigrations(database: Queryable): Promise<void> {
  const version = await schemaVersion(database);
  if (version >= neededVersion) return;
  throw schemaOutdated(`is at version ${version}, and this service needs ${neededVersion}`);
}
