import type { FastifyInstance, FastifySchema } from "fastify";
import type { Scope } from "./api-key-entries.ts";

/** Part of the schema of a route that requires an API key with this scope once callers have to identify themselves. */
export const requires = (scope: Scope) => ({ security: [{ apiKey: [scope] }] });

/** The same, for a route that players may call as well; what each may do is up to the route. */
export const requiresOrPlayer = (scope: Scope) => ({
  security: [{ apiKey: [scope] }, { playerToken: [] as string[] }],
});

/** Part of the schema of a route that anyone may call. */
export const isPublic = { security: [] };

/** The scope that a route requires, if any. */
export function requiredScope(schema: FastifySchema | undefined): Scope | undefined {
  return schema?.security?.[0]?.apiKey?.[0] as Scope | undefined;
}

/** Whether players may call a route. */
export function isForPlayers(schema: FastifySchema | undefined): boolean {
  return schema?.security?.some((each) => each.playerToken) === true;
}

/** Fails the start when a route that is added after this says neither what it requires nor that it is public. */
export function requireDeclaredAccess(app: FastifyInstance): void {
  app.addHook("onRoute", ({ method, url, schema }) => {
    if (!schema?.security) throw new Error(`${method} ${url} declares neither requires(scope) nor isPublic`);
  });
}
