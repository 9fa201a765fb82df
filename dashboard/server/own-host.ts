import { sendProblem } from "@clan-platform/service/http/error-handler.ts";
import { Problem } from "@clan-platform/service/http/problem.ts";
import type { FastifyReply, FastifyRequest } from "fastify";

const detail = "The dashboard answers on localhost alone.";
const own = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Refuses requests that were sent to another name: a page elsewhere may have its own name lead to this machine, and
 * would read the figures with the reader's browser (DNS rebinding).
 */
export function refuseForeignHost(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (own.has(request.hostname.replace(/:\d+$/, ""))) done();
  else sendProblem(new Problem(421, "FOREIGN_HOST", detail), request, reply);
}
