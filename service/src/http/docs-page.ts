import { type FastifyInstance, fastify } from "fastify";
import type { OpenAPIV3 } from "openapi-types";
import { handleError, sendProblem } from "./error-handler.ts";
import { Problem } from "./problem.ts";

/**
 * Shows the OpenAPI document as a page at `/docs`. The page is an app of its own, wired at the first visit, so that a
 * start of the service does not wait for what most instances never show.
 */
export function serveDocsPage(app: FastifyInstance, getDocument: () => Promise<OpenAPIV3.Document>): void {
  let page: Promise<FastifyInstance> | undefined;
  for (const url of ["/docs", "/docs/*"]) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      page ??= getDocument().then(buildPage);
      const { routing } = await page;
      reply.hijack();
      routing(request.raw, reply.raw);
    });
  }
}

async function buildPage(document: OpenAPIV3.Document): Promise<FastifyInstance> {
  const [{ default: helmet }, { default: swagger }, { default: swaggerUi }] = await Promise.all([
    import("@fastify/helmet"),
    import("@fastify/swagger"),
    import("@fastify/swagger-ui"),
  ]);
  const page = fastify();
  page.setErrorHandler(handleError);
  page.setNotFoundHandler((request, reply) => {
    sendProblem(new Problem(404, "NOT_FOUND", "There is nothing at this path."), request, reply);
  });
  await page.register(helmet, { contentSecurityPolicy: false });
  await page.register(swagger, { mode: "static", specification: { document } });
  await page.register(swaggerUi, {
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
  await page.ready();
  return page;
}
