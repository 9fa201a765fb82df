import { createHash, timingSafeEqual } from "node:crypto";
import bearerAuth from "@fastify/bearer-auth";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { VerifyPlayer } from "../player-tokens/verify.ts";
import { isForPlayers, requireDeclaredAccess, requiredScope } from "./access.ts";
import type { ApiKey, Scope } from "./api-key-entries.ts";
import { Problem } from "./problem.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The key that the request came with, on a route that requires one; null without keys, and of a player. */
    apiKey: ApiKey | null;
    /** The player whose token the request came with, on a route that players may call; otherwise null: it may act for anyone. */
    playerId: string | null;
  }
}

/** Who may call; without both, anyone may. */
export interface Callers {
  keys: ApiKey[] | undefined;
  verifyPlayer: VerifyPlayer | undefined;
}

/**
 * Lets the routes of `app` that require a scope, as their schemas say, be called only with `Authorization: Bearer KEY` of
 * a key that has it, or of a player's token where players may: 401 without either, 403 without the scope.
 */
export async function identifyCallers(app: FastifyInstance, { keys, verifyPlayer }: Callers): Promise<void> {
  requireDeclaredAccess(app);
  app.decorateRequest("apiKey", null);
  app.decorateRequest("playerId", null);
  if (!keys && !verifyPlayer) return;
  const candidates = (keys ?? []).map((key) => ({ key, hash: Buffer.from(key.hash, "hex") }));
  const identify = async (bearer: string, request: FastifyRequest): Promise<boolean> => {
    const given = createHash("sha256").update(bearer).digest();
    request.apiKey = candidates.find(({ hash }) => timingSafeEqual(hash, given))?.key ?? null;
    if (request.apiKey) return true;
    if (!verifyPlayer || !isToken(bearer)) throw unknownKey();
    request.playerId = await verifyPlayer(bearer);
    return true;
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

// https://www.rfc-editor.org/rfc/rfc6750#section-3.1
const unknownKey = () =>
  new Problem(
    401,
    "UNAUTHENTICATED",
    "The API key is not valid: send Authorization: Bearer KEY with a key of this service.",
    { headers: { "www-authenticate": 'Bearer realm="clan-service", error="invalid_token"' } },
  );

/** Three parts, as a JSON Web Token has them. */
const isToken = (bearer: string) => /^[\w-]*\.[\w-]*\.[\w-]*$/.test(bearer);

/** Names the caller in all further log entries of the request. Returns the problem when the caller may not call the route. */
function admit(request: FastifyRequest, reply: FastifyReply, scope: Scope): Problem | undefined {
  const { apiKey: key, playerId } = request;
  if (!key && playerId === null) throw new Error("The caller was verified but not identified.");
  // Not by id: an erased player must not be in the logs.
  request.log = request.log.child(key ? { api_key: key.name } : { player: true });
  reply.log = request.log;
  if (!key) return isForPlayers(request.routeOptions.schema) ? undefined : apiKeyRequired();
  if (key.scopes.includes(scope)) return undefined;
  // https://www.rfc-editor.org/rfc/rfc6750#section-3.1
  const challenge = `Bearer realm="clan-service", error="insufficient_scope", scope="${scope}"`;
  return new Problem(403, "MISSING_SCOPE", `The API key ${key.name} lacks the scope ${scope}.`, {
    scope,
    headers: { "www-authenticate": challenge },
  });
}

/** 403 for a player who does what only the game's backend may, or to somebody else. */
export const apiKeyRequired = () =>
  new Problem(403, "API_KEY_REQUIRED", "A player may not do this: it needs an API key.");
