import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";

/** Describes the routes that are registered after it: `/docs` shows them to people. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Clan service",
        version: "1.0.0",
        description:
          "Clans of a mobile game. Every error is an application/problem+json with a stable reason.",
      },
      tags: [{ name: "clans" }, { name: "health" }],
      components: { securitySchemes: { apiKey: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    // The page's own styles are inline; nothing else comes from elsewhere.
    staticCSP: {
      "default-src": "'self'",
      "img-src": "'self' data:",
      "style-src": "'self' 'unsafe-inline'",
      "object-src": "'none'",
      "base-uri": "'none'",
      "frame-ancestors": "'none'",
    },
    uiConfig: { tryItOutEnabled: true, persistAuthorization: true },
  });
}

/** What a writing route's schema says of its API key. */
export const writesNeedKey = { security: [{ apiKey: [] }] };
