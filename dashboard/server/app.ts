import compress from "@fastify/compress";
import helmet from "@fastify/helmet";
import serveFiles from "@fastify/static";
import { type FastifyInstance, fastify } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { compressOptions } from "./compression.ts";
import { handleError } from "./error-handler.ts";
import { Problem } from "./problem.ts";
import { createReader } from "./reader.ts";
import { rejectForeignHost, rejectWrites } from "./request-guards.ts";
import { dashboardRoutes } from "./routes.ts";
import type { Source } from "./source.ts";

export interface DashboardOptions {
  source: Source;
  /** The folder of the built page; without it, the API alone. */
  page?: string;
  /** Whether a front end that speaks HTTPS and knows its callers is before it, such as Google's IAP; otherwise it is for this machine. */
  isDeployed?: boolean;
}

// The page loads its own files alone.
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
  },
};

/** Builds the dashboard's server: the page and its API. It does not listen: `serve.ts` does. */
export async function buildDashboard({
  source,
  page,
  isDeployed = false,
}: DashboardOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: { level: "error", stream: process.stderr },
    forceCloseConnections: isDeployed ? "idle" : true,
  });
  app.addHook("onClose", async () => source.close?.());
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(async () => {
    throw new Problem(404, "NOT_FOUND", "There is nothing at this path.");
  });
  // IAP's cookie is of the deployed name alone, so no other name gets past it.
  if (!isDeployed) app.addHook("onRequest", rejectForeignHost);
  await app.register(helmet, {
    contentSecurityPolicy,
    // On this machine, the dashboard is plain HTTP.
    strictTransportSecurity: isDeployed && { maxAge: 31_536_000, includeSubDomains: false },
    referrerPolicy: { policy: "no-referrer" },
  });
  await app.register(compress, compressOptions);
  app.addHook("onRequest", rejectWrites);
  // Whether it listens. Not whether BigQuery answers: another container would not help, and the page says why it does not.
  app.get("/health", async (_request, reply) =>
    reply.header("cache-control", "no-store").send({ status: "ok" }),
  );
  await app.register(async (api) => {
    api.addHook("onSend", async (_request, reply) => {
      if (!reply.hasHeader("etag")) reply.header("cache-control", "no-store");
    });
    await api.register(dashboardRoutes, { reader: createReader(source) });
  });
  if (page === undefined) return app;
  await app.register(serveFiles, {
    root: page,
    // The names of the assets change with their content; the browser revalidates index.html on every visit.
    setHeaders: (reply, path) =>
      void reply.header(
        "cache-control",
        path.endsWith(".html") ? "no-cache" : "public, max-age=31536000, immutable",
      ),
    cacheControl: false,
  });
  return app;
}
