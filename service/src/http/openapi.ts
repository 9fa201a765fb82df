import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";

/** Describes the routes that are registered after it; `app.swagger()` is the OpenAPI document. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Clan service",
        version: "1.0.0",
        description:
          "Clans and user activity of a mobile game. Every error is an application/problem+json with a stable reason. " +
          "What is answered 503 was not stored, except with reason OUTCOME_UNKNOWN: that may or may not have been, so send it again with the same Idempotency-Key.",
      },
      tags: [{ name: "clans" }, { name: "user activity" }, { name: "health" }],
      components: { securitySchemes: { apiKey: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
}

/** What the schema of a route says that needs an API key, once there are keys. */
export const needsKey = { security: [{ apiKey: [] }] };
