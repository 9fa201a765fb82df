import type { IncomingMessage } from "node:http";
import type { FastifyReply } from "fastify";

const maxBytes = 64 * 2 ** 20;
const maxMs = 10_000;

// Requests whose answer waits until their bodies are drained.
const waiting = new WeakSet<IncomingMessage>();

/** Whether a request has an answer already, which waits for the rest of the body: it needs no other. */
export const isAnswerWaiting = (request: IncomingMessage): boolean => waiting.has(request);

/**
 * Lets a request be answered before all of its body has arrived. Closing the connection at once would reset it, and many
 * clients, still sending, would lose the answer; so the rest is read and thrown away, up to a limit. `answer` is called at
 * once, or when that is over if Node would close the connection with the answer: clients such as Python's urllib, PHP's
 * streams and proxies that speak HTTP/1.0 ask for that.
 */
export function drainBody(body: IncomingMessage, reply: FastifyReply, answer: () => void): void {
  // An injected request has no connection, and `complete` is undefined.
  if (body.complete !== false || body.destroyed) {
    answer();
    return;
  }
  const answersFirst = reply.raw.shouldKeepAlive;
  if (answersFirst) reply.removeHeader("connection");
  else waiting.add(body);
  let bytes = 0;
  let isOver = false;
  const finish = () => {
    if (isOver) return;
    isOver = true;
    clearTimeout(deadline);
    if (!answersFirst) answer();
  };
  const giveUp = () => {
    finish();
    if (answersFirst) body.destroy();
  };
  const deadline = setTimeout(giveUp, maxMs).unref();
  body.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) giveUp();
  });
  for (const event of ["end", "close"]) body.once(event, finish);
  body.on("error", () => {});
  body.resume();
  if (answersFirst) answer();
}
