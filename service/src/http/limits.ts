import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { monitorLoop } from "./event-loop.ts";
import { isBodyExpected } from "./open-bodies.ts";
import { Problem } from "./problem.ts";

// One for all requests: creating an error for each would cost most under overload.
const overloaded = new Problem(503, "OVERLOADED", "The service is overloaded; try again in a moment.", {
  headers: { "retry-after": "2" },
});

/** Answers 503 on all routes of `app` while the process can't keep up with its work. */
export function limitLoad(app: FastifyInstance): void {
  const loop = monitorLoop();
  app.addHook("onClose", (_app, done) => {
    loop.stop();
    done();
  });
  app.addHook("onRequest", (_request, _reply, done) => done(loop.isOverloaded() ? overloaded : undefined));
}

// How many requests one connection serves in well under a second; more would only make all of them wait longer.
const requestsPerConnection = 32;

/**
 * Answers 503 immediately while more requests of these routes are running than so many connections can serve soon. It
 * does so before their bodies are parsed: that work would be taken from the requests that are served. A request is running
 * once its body has arrived, so that bodies that never do take nobody's place.
 */
export function shedLoad(app: FastifyInstance, connections: number): void {
  const most = connections * requestsPerConnection;
  let running = 0;
  app.addHook("onRequest", (request, reply, done) => {
    if (running >= most) return done(overloaded);
    if (!isBodyExpected(request.raw)) countUntilClosed(reply.raw);
    done();
  });
  app.addHook("preValidation", (request, reply, done) => {
    if (!isBodyExpected(request.raw)) return done();
    if (running >= most) return done(overloaded);
    countUntilClosed(reply.raw);
    done();
  });

  function countUntilClosed(response: ServerResponse): void {
    // The client is gone already, and `close` will not come again.
    if (response.destroyed) return;
    running++;
    response.once("close", () => running--);
  }
}
