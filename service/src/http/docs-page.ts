import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { setSecurityHeaders } from "./security-headers.ts";

/** Shows the document of `describeApi` as a page at `/docs`. */
export async function serveDocsPage(app: FastifyInstance): Promise<void> {
  await app.register(async (docs) => {
    setSecurityHeaders(docs, { contentSecurityPolicy: false });
    // No name of these files has a version, so browsers ask whether they changed; the page's own files say so themselves.
    docs.addHook("onRoute", (route) => {
      route.config = { ...route.config, cacheControl: "no-cache" };
    });
    await docs.register(swaggerUi, {
      routePrefix: "/docs",
      // The page's own styles are inline; it loads nothing from other origins.
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
  });
}
