import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import findMyWay from "find-my-way";
import { sendProblem } from "./error-handler.ts";
import { noSuchPath, Problem } from "./problem.ts";

// As much as Node accepts in a URL: parameters are checked by schemas, and 128 characters may take 1,536 bytes, escaped.
const maxParamLength = 16 * 1_024;

/** How paths are matched. A slash at the end finds the same route, to read: a redirect would cost another request, and many clients follow it without their key. */
export const pathMatching = { maxParamLength, ignoreTrailingSlash: true };

/**
 * Answers OPTIONS with `Allow`, 405 with it when a route that is added after this has the path and none has the method, and
 * 404 to a write at a path that ends in a slash, before reading any body. Paths are looked up in a router of their own, which the first such request creates.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  const methodsByUrl = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = methodsByUrl.get(url) ?? new Set();
    for (const name of [method].flat()) methods.add(name);
    // Of a plugin's `/`, Fastify reports only the HEAD route under the prefix with a slash, such as `/docs/`.
    if (methods.has("HEAD")) methods.add("GET");
    methodsByUrl.set(url, methods);
  });

  let paths: ReturnType<typeof findMyWay> | undefined;
  const methodsOf = ({ is404, raw: { url = "/" } }: FastifyRequest): Set<string> | undefined => {
    // Of the whole server: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.7
    if (url === "*") return new Set([...methodsByUrl.values()].flatMap((methods) => [...methods]));
    // A literal path goes before a pattern that also matches, such as /clans/search before /clans/:id.
    const literal = methodsByUrl.get(pathOf(url));
    if (literal || !is404) return literal;
    paths ??= createRouter(methodsByUrl);
    return paths.find("GET", url)?.store;
  };
  app.addHook("onRequest", (request, reply, done) => {
    // A parameter would match the nothing between two slashes.
    if (pathOf(request.raw.url ?? "").includes("//")) return done(noSuchPath());
    const methods = methodsOf(request);
    if (!methods || methods.has(request.method))
      return done(request.is404 ? undefined : slashAfterWrite(request.raw));
    const allow = [...methods, "OPTIONS"].join(", ");
    if (request.method === "OPTIONS") {
      reply.code(204).header("allow", allow).send();
      return;
    }
    const detail = `This path answers ${allow}.`;
    sendProblem(new Problem(405, "METHOD_NOT_ALLOWED", detail, { headers: { allow } }), request, reply);
  });
}

/** Clients turn `/clans/ID/members/..`, of a player with this id, into `/clans/ID/`: that must not delete the clan. */
function slashAfterWrite({ method = "GET", url = "/" }: IncomingMessage): Problem | undefined {
  const path = withoutQuery(url);
  if (readMethods.has(method) || path === pathOf(url)) return undefined;
  const detail =
    `A path that ends in a slash can only be read. Send ${method} ${pathOf(url)} if that is what you mean; ` +
    "an id such as .. can't be in a path, because clients resolve it.";
  return new Problem(404, "NOT_FOUND", detail);
}

const readMethods = new Set(["GET", "HEAD"]);

/** The path as routes have it. */
function pathOf(url: string): string {
  const path = withoutQuery(url);
  return path.length > 1 && path.endsWith("/") && !path.endsWith("//") ? path.slice(0, -1) : path;
}

function withoutQuery(url: string): string {
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}

function createRouter(methodsByUrl: Map<string, Set<string>>) {
  const router = findMyWay(pathMatching);
  for (const [url, methods] of methodsByUrl) router.on("GET", url, () => {}, methods);
  return router;
}
