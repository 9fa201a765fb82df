import type { FastifyInstance } from "fastify";
import { sendProblem } from "./error-handler.ts";
import { Problem } from "./problem.ts";

/** Collects the methods of each route that is registered from here on; `refuseOthers` needs them. */
export function recordMethods(app: FastifyInstance): Map<string, Set<string>> {
  const methodsByUrl = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = methodsByUrl.get(url) ?? new Set();
    for (const name of [method].flat()) methods.add(name);
    methodsByUrl.set(url, methods);
  });
  return methodsByUrl;
}

/** Answers 405 with `Allow` where the path is right and the method is not, before reading any body. */
export function refuseOthers(app: FastifyInstance, methodsByUrl: Map<string, Set<string>>): void {
  for (const [url, methods] of [...methodsByUrl]) {
    const allow = [...methods].join(", ");
    const detail = `This path answers ${allow}.`;
    app.route({
      method: app.supportedMethods.filter((method) => !methods.has(method)),
      url,
      schema: { hide: true },
      onRequest: (request, reply) =>
        sendProblem(new Problem(405, "METHOD_NOT_ALLOWED", detail, { headers: { allow } }), request, reply),
      handler: () => {},
    });
  }
}
