import { createHash, timingSafeEqual } from "node:crypto";
import bearerAuth from "@fastify/bearer-auth";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { requireDeclaredAccess, requiredScope } from "./access.ts";
import type { ApiKey, Scope } from "./api-key-entries.ts";
import { Problem } from "./problem.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The key that the request came with, on a route that requires one; null while no keys are configured. */
    apiKey: ApiKey | null;
  }
}

/**
 * Lets the routes of `app` that require a scope, as their schemas say, be called only with `Authorization: Bearer KEY` of
 * a key that has it: 401 without a valid key, 403 without the scope. Without `keys`, anyone may call them.
 */
export async function checkApiKeys(app: FastifyInstance, keys: ApiKey[] | undefined): Promise<void> {
  requireDeclaredAccess(app);
  app.decorateRequest("apiKey", null);
  if (!keys) return;
  const candidates = keys.map((key) => ({ key, hash: Buffer.from(key.hash, "hex") }));
  const identify = (bearer: string, request: FastifyRequest): boolean => {
    const given = createHash("sha256").update(bearer).digest();
    request.apiKey = candidates.find(({ hash }) => timingSafeEqual(hash, given))?.key ?? null;
    return request.apiKey !== null;
  };
  await app.register(bearerAuth, {
    keys: [],
    auth: identify,
    addHook: false,
    verifyErrorLogLevel: "debug",
    // The name of the scheme is case-insensitive: https://www.rfc-editor.org/rfc/rfc9110#section-11.1
    specCompliance: "rfc6749",
  });
  const verify = app.verifyBearerAuth;
  if (!verify) throw new Error("@fastify/bearer-auth did not add verifyBearerAuth");
  app.addHook("onRequest", (request, reply, done) => {
    const scope = requiredScope(request.routeOptions.schema);
    if (!scope) return done();
    verify(request, reply, (error) => done(error ?? admit(request, reply, scope)));
  });
}

/** Names the caller in all further log entries of the request. Returns the problem when its key lacks the scope. */
function admit(request: FastifyRequest, reply: FastifyReply, scope: Scope): Problem | undefined {
  const key = request.apiKey;
  if (!key) throw new Error("The key was verified but not identified.");
  request.log = request.log.child({ api_key: key.name });
  reply.log = request.log;
  if (key.scopes.includes(scope)) return undefined;
  // https://www.rfc-editor.org/rfc/rfc6750#section-3.1
  const challenge = `Bearer realm="clan-service", error="insufficient_scope", scope="${scope}"`;
  return new Problem(403, "MISSING_SCOPE", `The API key ${key.name} lacks the scope ${scope}.`, {
    scope,
    headers: { "www-authenticate": challenge },
  });
}
