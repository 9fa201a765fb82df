import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";

const description =
  "Clans and user activity of a mobile game. Every error is an application/problem+json with a stable reason. " +
  "A request that is answered 503 was not stored, except with reason OUTCOME_UNKNOWN: it may or may not have been, so send it again with the same Idempotency-Key.";

/** Serves the OpenAPI document of all routes that are added after this at `/openapi.json`. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Clan service", version: "1.0.0", description },
      tags: [{ name: "clans" }, { name: "user activity" }, { name: "health" }],
      components: {
        securitySchemes: {
          apiKey: {
            type: "http",
            scheme: "bearer",
            description:
              "An API key of the service's operator. Each operation names the scope that the key must have; without it, the answer is 403 with reason MISSING_SCOPE.",
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get("/openapi.json", { config: { cacheControl: "no-cache" }, schema: { hide: true } }, () =>
    app.swagger(),
  );
}
