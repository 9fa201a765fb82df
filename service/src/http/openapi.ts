import { type FastifyInstance, fastify, type RouteOptions } from "fastify";
import type { OpenAPIV3 } from "openapi-types";
import { schemaController } from "./schemas.ts";

const description =
  "Clans and user activity of a mobile game. Every error is an application/problem+json with a stable reason. " +
  "What is answered 503 was not stored, except with reason OUTCOME_UNKNOWN: that may or may not have been, so send it again with the same Idempotency-Key.";

/** What the schema of a route says that needs an API key, once there are keys. */
export const needsKey = { security: [{ apiKey: [] }] };

/**
 * Describes the routes that are registered after it at `/openapi.json`, and returns how to get the document. It is written when somebody
 * asks for the first time, so that a start of the service does not wait for what most instances never show.
 */
export function describeApi(app: FastifyInstance): () => Promise<OpenAPIV3.Document> {
  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => {
    if (route.method !== "HEAD") routes.push(route);
  });
  let document: Promise<OpenAPIV3.Document> | undefined;
  const getDocument = () => {
    document ??= writeDocument(routes);
    return document;
  };
  app.get("/openapi.json", { schema: { hide: true } }, getDocument);
  return getDocument;
}

/** The plugin reads the routes of an app; this one has the same, and answers nothing. */
async function writeDocument(routes: RouteOptions[]): Promise<OpenAPIV3.Document> {
  const [{ default: swagger }, { jsonSchemaTransform, jsonSchemaTransformObject }] = await Promise.all([
    import("@fastify/swagger"),
    import("fastify-type-provider-zod"),
  ]);
  const described = fastify({ exposeHeadRoutes: false, schemaController });
  await described.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Clan service", version: "1.0.0", description },
      tags: [{ name: "clans" }, { name: "user activity" }, { name: "health" }],
      components: { securitySchemes: { apiKey: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  for (const { method, url, schema = {} } of routes)
    described.route({ method, url, schema, handler: () => {} });
  await described.ready();
  return described.swagger() as OpenAPIV3.Document;
}
