import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database } from "../database/pool.ts";
import { problems } from "../http/problem.ts";

const Healthy = z.object({ status: z.literal("ok") });

/**
 * `/health/live`: the process answers. `/health` and `/health/ready`: so does the database; 503 when it does not.
 * Neither is rate limited, so that a probe never takes a busy instance for a dead one.
 */
export const healthRoutes: FastifyPluginAsyncZod<{ database: Database }> = async (app, { database }) => {
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

  for (const url of ["/health", "/health/ready"]) {
    app.get(
      url,
      {
        schema: {
          tags: ["health"],
          summary: "Can it serve: does the database answer?",
          response: { 200: Healthy, ...problems(500, 503) },
        },
      },
      async () => {
        await database.query("select 1");
        return { status: "ok" as const };
      },
    );
  }
};
