import type { FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";

const ownHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);
const allowedMethods = ["GET", "HEAD"];

/**
 * Rejects requests for any other host name. Otherwise another site could point its own name at this machine and read
 * the figures through the user's browser (DNS rebinding).
 */
export async function rejectForeignHost(request: FastifyRequest): Promise<void> {
  if (ownHosts.has(request.hostname.replace(/:\d+$/, ""))) return;
  throw new Problem(421, "FOREIGN_HOST", "The dashboard answers on localhost alone.");
}

/** Rejects requests that would write, with 405 and `Allow`: every path is read-only. */
export async function rejectWrites(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (allowedMethods.includes(request.method)) return;
  const allow = allowedMethods.join(", ");
  reply.header("allow", allow);
  throw new Problem(405, "METHOD_NOT_ALLOWED", `This path answers ${allow}.`);
}
