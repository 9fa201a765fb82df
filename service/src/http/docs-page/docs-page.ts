import { readFileSync } from "node:fs";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { productName } from "../openapi.ts";
import { setSecurityHeaders } from "../security-headers.ts";

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
      // Swagger UI as it comes can't be used with a screen reader, and its colours are too faint.
      theme: {
        title: productName,
        css: [{ filename: "accessible.css", content: textOf("accessible.css") }],
        js: [{ filename: "accessible.js", content: textOf("accessible.js") }],
      },
      uiConfig: {
        // Without the bar at the top, which is for loading other documents.
        layout: "BaseLayout",
        // With links to them, the buttons that open operations would hold other controls.
        deepLinking: false,
        // Its colours have too little contrast.
        syntaxHighlight: false,
        tryItOutEnabled: true,
        persistAuthorization: true,
      },
    });
  });
}

const textOf = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
