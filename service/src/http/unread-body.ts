import type { IncomingMessage } from "node:http";
import type { FastifyReply } from "fastify";

const maxBytes = 64 * 2 ** 20;
const maxMs = 10_000;

/**
 * Lets a request be answered before its body is whole. To close the connection at once would reset it, and many
 * clients, still sending, would lose the answer that tells them why; so the rest is read and thrown away, up to a limit.
 */
export function readOver(body: IncomingMessage, reply: FastifyReply): void {
  // A request that was injected has no connection, and does not say whether it is complete.
  if (body.complete !== false || body.destroyed) return;
  reply.removeHeader("connection");
  let bytes = 0;
  const deadline = setTimeout(() => body.destroy(), maxMs).unref();
  body.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) body.destroy();
  });
  for (const over of ["end", "close"]) body.once(over, () => clearTimeout(deadline));
  body.on("error", () => {});
  body.resume();
}
