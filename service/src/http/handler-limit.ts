import { errorCodes, type FastifyInstance } from "fastify";

/**
 * Gives a request up when its route's `handlerTimeout` is over. Fastify does so as well, but stops its clock when Node
 * closes the incoming message, and that is as soon as a body was read: a write would have no limit.
 */
export function limitHandlers(app: FastifyInstance): void {
  app.addHook("preHandler", (request, reply, done) => {
    const { handlerTimeout = 0, url } = request.routeOptions;
    const leftMs = Math.max(0, handlerTimeout - reply.elapsedTime);
    const timer = setTimeout(() => {
      if (!reply.sent) reply.send(new errorCodes.FST_ERR_HANDLER_TIMEOUT(String(handlerTimeout), url));
    }, leftMs);
    reply.raw.once("close", () => clearTimeout(timer));
    done();
  });
}
