import type { IncomingMessage } from "node:http";
import type { FastifyReply } from "fastify";

const maxBytes = 64 * 2 ** 20;
const maxMs = 10_000;

/**
 * Lets a request be answered before all of its body has arrived. Closing the connection at once would reset it, and many
 * clients, still sending, would lose the answer; so the rest is read and thrown away, up to a limit.
 */
export function drainBody(body: IncomingMessage, reply: FastifyReply): void {
  // An injected request has no connection, and `complete` is undefined.
  if (body.complete !== false || body.destroyed) return;
  reply.removeHeader("connection");
  let bytes = 0;
  const deadline = setTimeout(() => body.destroy(), maxMs).unref();
  body.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) body.destroy();
  });
  for (const event of ["end", "close"]) body.once(event, () => clearTimeout(deadline));
  body.on("error", () => {});
  body.resume();
}
