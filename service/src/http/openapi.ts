import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { describeHeaders } from "./document/headers.ts";
import { tidySchemas } from "./document/schemas.ts";
import { describeSharedProblems } from "./document/shared-problems.ts";

/** The title of the document and of its page. */
export const productName = "Clan platform API";

const description =
  "Clans, their members and user activity of a mobile game. Every error is an application/problem+json with a stable reason. " +
  "A request that is answered 503 was not stored, except with reason OUTCOME_UNKNOWN: it may or may not have been, so send it again with the same Idempotency-Key.";

/** Raised with every change of the document: the last number for words, the middle one for what is new. */
const apiVersion = "1.4.1";

/** Serves the OpenAPI document of all routes that are added after this at `/openapi.json`. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: productName,
        version: apiVersion,
        description,
        contact: { name: "The backend team of the game studio" },
        license: { name: "UNLICENSED", identifier: "LicenseRef-UNLICENSED" },
      },
      servers: [{ url: "/", description: "Where this document comes from" }],
      tags: [
        { name: "clans", description: "Create, list, search, get, change and delete clans" },
        { name: "members", description: "Join and leave clans, list members and change their roles" },
        { name: "join requests", description: "Ask to join a clan" },
        { name: "invitations", description: "Ask players to join a clan" },
        { name: "users", description: "Export and erase what is held about a person" },
        { name: "user activity", description: "What users did per day and platform: deliver, read, erase" },
        { name: "health", description: "For probes; not counted by the rate limit" },
      ],
      // Without an API key, except where an operation says otherwise.
      security: [],
      components: {
        securitySchemes: {
          apiKey: {
            type: "http",
            scheme: "bearer",
            description:
              "An API key of the service's operator; needed once API_KEYS or PLAYER_TOKENS is set. Each operation names the scope that the key must have: without it, the answer is 403 with reason MISSING_SCOPE.",
          },
          playerToken: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description:
              "A JSON Web Token of a player, whose user_id is its sub; accepted where PLAYER_TOKENS names its issuer. Players act for themselves, and as leader or co-leader for their clan: anything else is answered 403 with reason API_KEY_REQUIRED or CLAN_ROLE_REQUIRED.",
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) =>
      describeHeaders(describeSharedProblems(tidySchemas({ ...jsonSchemaTransformObject(document) }))),
  });
  app.get("/openapi.json", { config: { cacheControl: "no-cache" }, schema: { hide: true } }, () =>
    app.swagger(),
  );
}
