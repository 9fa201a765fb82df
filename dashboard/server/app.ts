import { constants } from "node:zlib";
import { handleError, sendProblem } from "@clan-platform/service/http/error-handler.ts";
import { refuseOtherMethods } from "@clan-platform/service/http/method-not-allowed.ts";
import { Problem } from "@clan-platform/service/http/problem.ts";
import { schemaController, useZod } from "@clan-platform/service/http/schemas.ts";
import { WarehouseBusy, WarehouseError } from "@clan-platform/warehouse/warehouse.ts";
import compress, { type FastifyCompressOptions } from "@fastify/compress";
import helmet from "@fastify/helmet";
import serveFiles from "@fastify/static";
import { type FastifyInstance, fastify } from "fastify";
import { refuseForeignHost } from "./own-host.ts";
import { createReader } from "./reader.ts";
import { dashboardRoutes } from "./routes.ts";
import type { Source } from "./source.ts";

export interface DashboardParts {
  source: Source;
  /** The folder of the built page. */
  page: string;
}

// Everything is of our own making, and nothing leaves the machine.
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

/** How answers and files are packed: fast, because they go to the same machine. */
export const packing: FastifyCompressOptions = {
  encodings: ["br", "gzip"],
  brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
};

/** Wires the dashboard's server together: the page, and what it reads. It does not listen: `serve.ts` does. */
export async function buildDashboard({ source, page }: DashboardParts): Promise<FastifyInstance> {
  const app = fastify({
    logger: { level: "error", stream: process.stderr },
    forceCloseConnections: true,
    schemaController,
  });
  useZod(app);
  app.setErrorHandler((error: Error, request, reply) => handleError(toProblem(error), request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new Problem(404, "NOT_FOUND", "There is nothing at this path."), request, reply),
  );
  app.addHook("onRequest", refuseForeignHost);
  await app.register(helmet, {
    contentSecurityPolicy,
    // It is http, on this machine.
    strictTransportSecurity: false,
    referrerPolicy: { policy: "no-referrer" },
  });
  await app.register(compress, packing);
  refuseOtherMethods(app);
  await app.register(async (api) => {
    api.addHook("onSend", async (_request, reply) => void reply.header("cache-control", "no-store"));
    await api.register(dashboardRoutes, { reader: createReader(source) });
  });
  await app.register(serveFiles, {
    root: page,
    // Their names change with their content; the page itself is asked for anew.
    setHeaders: (reply, path) =>
      void reply.header(
        "cache-control",
        path.endsWith(".html") ? "no-cache" : "public, max-age=31536000, immutable",
      ),
    cacheControl: false,
  });
  return app;
}

function toProblem(error: Error): Error {
  if (error instanceof WarehouseBusy) {
    const detail =
      "Another command is writing to the warehouse; the figures come as soon as it has finished.";
    return new Problem(503, "WAREHOUSE_BUSY", detail, { cause: error, headers: { "retry-after": "2" } });
  }
  if (error instanceof WarehouseError) {
    return new Problem(502, "WAREHOUSE_FAILED", error.message, { cause: error });
  }
  return error;
}
