import { errorCodes, type FastifyInstance } from "fastify";
import { isAnswerWaiting } from "./drain-body.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route's own time limit in ms. */
    handlerLimitMs?: number;
  }
}

/**
 * Abandons a request that takes longer than `limitMs`, from its first line to its answer. (The timer of Fastify's own
 * `handlerTimeout` stops when Node closes the incoming message, as soon as a body was read: a write would have no limit.)
 */
export function limitHandlers(app: FastifyInstance, limitMs: number): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { url, config } = request.routeOptions;
    const ms = config?.handlerLimitMs ?? limitMs;
    const timer = setTimeout(() => {
      if (reply.sent || reply.raw.headersSent || isAnswerWaiting(request.raw)) return;
      reply.send(new errorCodes.FST_ERR_HANDLER_TIMEOUT(String(ms), url));
    }, ms);
    reply.raw.once("close", () => clearTimeout(timer));
    done();
  });
}
