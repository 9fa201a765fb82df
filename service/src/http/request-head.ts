import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

/** For the option `http` of an app that calls `checkRequestHeads`: Node's own answer to a missing `Host` has neither body nor id. */
export const headOptions = { requireHostHeader: false };

/**
 * Refuses what Node would answer without a body, or accept: HTTP/1.1 without a `Host` header, or any request with several of
 * them, because two servers on its way might each believe another one, and an `Expect` that nobody can meet.
 */
export function checkRequestHeads(app: FastifyInstance): void {
  app.server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    app.server.emit("request", request, response);
  });
  app.addHook("onRequest", ({ raw }, _reply, done) => done(faultOf(raw)));
}

function faultOf({ rawHeaders, headers, httpVersion }: IncomingMessage): Problem | undefined {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === "1.1")) {
    const detail = `A request has exactly one Host header; this one has ${hosts}.`;
    return new Problem(400, "MALFORMED_REQUEST", detail);
  }
  if (headers.expect === undefined || /^\s*100-continue\s*$/i.test(headers.expect)) return undefined;
  return new Problem(417, "EXPECTATION_FAILED", "Expect can only be 100-continue.");
}
