import { randomUUID } from "node:crypto";
import { type FastifyBaseLogger, type FastifyInstance, fastify } from "fastify";
import type pg from "pg";
import type { Logger } from "pino";
import { clanActivityRoutes } from "./clan-activity/routes.ts";
import { clanRoutes } from "./clans/routes.ts";
import type { Config } from "./config.ts";
import { createDatabase } from "./database/create-database.ts";
import { healthRoutes } from "./health/routes.ts";
import { LogBrokenAnswers } from "./http/broken-answers.ts";
import { identifyCallers } from "./http/callers.ts";
import { allowOrigins, anyOriginLines } from "./http/cors.ts";
import { serveDocsPage } from "./http/docs-page/docs-page.ts";
import { handleError, sendProblem } from "./http/error-handler.ts";
import { refuseGoneClients } from "./http/gone-clients.ts";
import { limitHandlers } from "./http/handler-limit.ts";
import { jsonOnly } from "./http/json-body.ts";
import { limitLoad, shedLoad } from "./http/limits.ts";
import { malformedRequestHandler, refuseConnect, rememberResponses } from "./http/malformed-request.ts";
import { pathMatching, refuseOtherMethods } from "./http/method-not-allowed.ts";
import { limitOpenBodies } from "./http/open-bodies.ts";
import { describeApi } from "./http/openapi.ts";
import { noSuchPath } from "./http/problem.ts";
import { checkQueries } from "./http/query.ts";
import { limitRate } from "./http/rate-limit.ts";
import { completeRepresentations } from "./http/representation.ts";
import { checkRequestHeads, headOptions, routedUrl } from "./http/request-head.ts";
import { schemaController, useZod } from "./http/schemas.ts";
import { securityHeaderLines, setSecurityHeaders } from "./http/security-headers.ts";
import { refuseUnusedBodies } from "./http/unused-bodies.ts";
import { httpRequestFields, traceFields } from "./logging.ts";
import { memberRoutes } from "./members/routes.ts";
import { createTurns } from "./members/turns.ts";
import { invitations, joinRequests } from "./pending-memberships/kinds.ts";
import { ownPendingRoutes } from "./pending-memberships/own-routes.ts";
import { pendingRoutes } from "./pending-memberships/routes.ts";
import { verifyPlayers } from "./player-tokens/verify.ts";
import { importRoutes } from "./user-activity/import/routes.ts";
import { userActivityRoutes } from "./user-activity/routes.ts";
import { userRoutes } from "./users/routes.ts";

export interface AppOptions {
  config: Config;
  pool: pg.Pool;
  logger: Logger;
}

/** Wires the service together. It does not listen: `server.ts` does, and tests `inject`. */
export async function buildApp({ config, pool, logger }: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogBrokenAnswers(),
    childLoggerFactory: (parent, bindings, options, rawRequest) =>
      parent.child({ ...bindings, ...traceFields(rawRequest.headers, config.GOOGLE_CLOUD_PROJECT) }, options),
    genReqId: ({ headers }) => requestIdOf(headers["x-request-id"]) ?? randomUUID(),
    trustProxy: (_address, hop) => hop < config.TRUSTED_PROXIES,
    bodyLimit: 64 * 1_024,
    // An import may take this long to arrive; other requests are limited by `limitHandlers`.
    requestTimeout: config.IMPORT_TIMEOUT_MS,
    http: { headersTimeout: Math.min(20_000, config.IMPORT_TIMEOUT_MS), ...headOptions },
    // While closing, running and new requests are still answered, with `Connection: close`.
    return503OnClosing: false,
    rewriteUrl: routedUrl,
    routerOptions: pathMatching,
    schemaController,
    clientErrorHandler: malformedRequestHandler(
      logger,
      securityHeaderLines() + anyOriginLines(config.CORS_ORIGINS),
    ),
  });
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((request, reply) => sendProblem(noSuchPath(), request, reply));
  rememberResponses(app);
  refuseConnect(app);
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    // Of the route, because a path or a query may hold a user's id.
    const route = request.routeOptions.url ?? "(no route)";
    // Probes arrive every few seconds and would bury the other entries.
    const level = route.startsWith("/health") ? "debug" : "info";
    if (logger.isLevelEnabled(level)) {
      const fields = httpRequestFields(request, route, reply.statusCode, reply.elapsedTime, pool);
      request.log[level](fields, `${request.method} ${route} ${reply.statusCode}`);
    }
    done();
  });
  refuseGoneClients(app);
  useZod(app);
  setSecurityHeaders(app);
  allowOrigins(app, config.CORS_ORIGINS);
  await limitRate(app, config.RATE_LIMIT_PER_MINUTE);
  limitHandlers(app, config.HANDLER_TIMEOUT_MS);
  checkRequestHeads(app);
  refuseOtherMethods(app);
  jsonOnly(app);
  limitOpenBodies(app, config.OPEN_BODIES_PER_ADDRESS);
  completeRepresentations(app);

  await describeApi(app);
  await serveDocsPage(app);
  await app.register(healthRoutes, { database: pool });
  await app.register(async (api) => {
    checkQueries(api);
    limitLoad(api);
    await identifyCallers(api, {
      keys: config.API_KEYS,
      verifyPlayer:
        config.PLAYER_TOKENS &&
        verifyPlayers(config.PLAYER_TOKENS, (error) => logger.warn({ err: error }, error.message)),
    });
    // While a table is locked, for example by a migration, requests that need the other one still get connections.
    const maxConcurrency = Math.max(1, Math.floor((config.POOL_MAX * 2) / 3));
    const limit = { maxConcurrency, connectTimeoutMs: config.CONNECT_TIMEOUT_MS };
    await api.register(async (clans) => {
      shedLoad(clans, maxConcurrency);
      const turns = createTurns({ waitMs: config.CONNECT_TIMEOUT_MS });
      const options = { database: createDatabase(pool, limit), turns };
      await clans.register(clanRoutes, {
        ...options,
        searchesAtOnce: Math.max(1, Math.floor(config.POOL_MAX / 5)),
      });
      await clans.register(clanActivityRoutes, options);
      refuseUnusedBodies(clans);
      await clans.register(memberRoutes, options);
      for (const kind of [joinRequests, invitations]) {
        await clans.register(pendingRoutes, { ...options, kind });
        await clans.register(ownPendingRoutes, { ...options, kind });
      }
      await clans.register(userRoutes, options);
    });
    const activityOptions = { database: createDatabase(pool, limit) };
    await api.register(async (activity) => {
      shedLoad(activity, maxConcurrency);
      await activity.register(userActivityRoutes, activityOptions);
    });
    await api.register(importRoutes, {
      ...activityOptions,
      // Each holds a connection for as long as its client sends; most connections are left to short requests.
      atOnce: Math.max(1, Math.floor(config.POOL_MAX / 3)),
      timeoutMs: config.IMPORT_TIMEOUT_MS,
    });
  });
  return app;
}

/** A caller's own request id, if it is short and plain enough for a log. */
function requestIdOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" && /^[\w.:-]{1,128}$/.test(header) ? header : undefined;
}
