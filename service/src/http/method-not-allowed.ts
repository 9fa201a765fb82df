import type { FastifyInstance, FastifyRequest } from "fastify";
import findMyWay from "find-my-way";
import { sendProblem } from "./error-handler.ts";
import { Problem } from "./problem.ts";

/** As much as Node accepts in a URL: parameters are checked by schemas, and 128 characters may take 1,536 bytes, escaped. */
export const maxParamLength = 16 * 1_024;

/**
 * Answers 405 with `Allow` when a route that is added after this has the path and none has the method, before reading
 * any body. Paths are looked up in a router of their own, which the first such request creates.
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
    // A literal path goes before a pattern that also matches, such as /clans/search before /clans/:id.
    const literal = methodsByUrl.get(url.split("?", 1)[0] ?? "");
    if (literal || !is404) return literal;
    paths ??= createRouter(methodsByUrl);
    return paths.find("GET", url)?.store;
  };
  app.addHook("onRequest", (request, reply, done) => {
    const methods = methodsOf(request);
    if (!methods || methods.has(request.method)) return done();
    const allow = [...methods].join(", ");
    const detail = `This path answers ${allow}.`;
    sendProblem(new Problem(405, "METHOD_NOT_ALLOWED", detail, { headers: { allow } }), request, reply);
  });
}

function createRouter(methodsByUrl: Map<string, Set<string>>) {
  const router = findMyWay({ maxParamLength });
  for (const [url, methods] of methodsByUrl) router.on("GET", url, () => {}, methods);
  return router;
}
