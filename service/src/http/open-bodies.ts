import type { IncomingMessage } from "node:http";
import { normalizeIP } from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isAnswerWaiting } from "./drain-body.ts";
import { bodyTooSlow, Problem } from "./problem.ts";
import { TransferBudget } from "./transfer-budget.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The handler reads the body, and enforces a transfer rate itself. */
    readsOwnBody?: boolean;
  }
}

// The slowest networks that phones still use send ten times as much.
export const leastRate = { graceMs: 5_000, bytesPerSecond: 240 };
const checkMs = 1_000;

interface OpenBody {
  reply: FastifyReply;
  request: FastifyRequest;
  bytesRead: number;
  budget: TransferBudget;
}

// Closing the connection is what frees it: the rest of the body would still come.
const tooManyOpen = new Problem(
  429,
  "TOO_MANY_OPEN_BODIES",
  "Too many requests from this address are still being sent; finish those first.",
  { headers: { "retry-after": "1", connection: "close" } },
);

/**
 * Answers 408 and closes the connection when a body arrives too slowly, and 429 when more than `perAddress` bodies of one
 * address are arriving at once (0: without a limit).
 */
export function limitOpenBodies(app: FastifyInstance, perAddress: number): void {
  const slowable = new Set<OpenBody>();
  const countOf = new Map<string, number>();

  // After the hooks that refuse a request without its body, such as those for the rate limit and the API key.
  app.addHook("preParsing", (request, reply, _payload, done) => {
    if (!isArriving(request.raw)) return done();
    const address = normalizeIP(request.ip);
    const count = countOf.get(address) ?? 0;
    if (perAddress > 0 && count >= perAddress) return done(tooManyOpen);
    countOf.set(address, count + 1);
    const body: OpenBody = {
      request,
      reply,
      bytesRead: request.socket.bytesRead,
      budget: new TransferBudget(leastRate),
    };
    if (!request.routeOptions.config?.readsOwnBody) slowable.add(body);
    whenOver(request.raw, () => {
      slowable.delete(body);
      const left = (countOf.get(address) ?? 1) - 1;
      if (left === 0) countOf.delete(address);
      else countOf.set(address, left);
    });
    done();
  });

  let checkedAt = performance.now();
  const timer = setInterval(() => {
    // After a stall of this process, what arrived meanwhile is not read yet.
    const waitedMs = Math.min(performance.now() - checkedAt, 2 * checkMs);
    checkedAt = performance.now();
    for (const body of slowable) {
      const { bytesRead } = body.request.socket;
      body.budget.record(waitedMs, bytesRead - body.bytesRead);
      body.bytesRead = bytesRead;
      if (body.budget.leftMs >= 0) continue;
      slowable.delete(body);
      if (!body.reply.sent && !isAnswerWaiting(body.request.raw)) body.reply.send(bodyTooSlow());
    }
  }, checkMs).unref();
  app.addHook("onClose", (_app, done) => {
    clearInterval(timer);
    done();
  });
}

/** Whether a request announces a body. */
export function isBodyExpected({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return (length !== undefined && length !== "0") || headers["transfer-encoding"] !== undefined;
}

/** Whether some of a body has yet to arrive. An injected request has no connection, and `complete` is undefined. */
function isArriving(request: IncomingMessage): boolean {
  return request.complete === false && !request.destroyed && isBodyExpected(request);
}

/** Calls back once, when a body has been read or its connection is gone. */
function whenOver(request: IncomingMessage, callback: () => void): void {
  let isOver = false;
  const onOver = () => {
    if (isOver) return;
    isOver = true;
    callback();
  };
  request.once("end", onOver).once("close", onOver);
}
