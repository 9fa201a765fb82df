import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { Problem, problemType } from "./problem.ts";
import type { Reason } from "./reasons.ts";
import { statusName } from "./status-names.ts";

const problemsByCode: Record<string, [status: number, reason: Reason, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, "HEADERS_TOO_LARGE", "The request's headers and URL are larger than 16 KiB."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "REQUEST_TIMEOUT", "The request did not arrive whole in time."],
};

type ParserError = Error & { code?: string };

/** The response to the last request that was read from a connection. */
const lastResponses = new WeakMap<Socket, ServerResponse>();

/** Lets `malformedRequestHandler` know what is still being answered on a connection. */
export function rememberResponses(app: FastifyInstance): void {
  app.addHook("onRequest", ({ raw }, reply, done) => {
    lastResponses.set(raw.socket, reply.raw);
    done();
  });
}

/**
 * Returns a function that answers malformed, too large or too slow requests on the bare socket, because there is no request to
 * reply to, and logs them under the id that the answer has. Where a valid request came before on the same connection, its
 * answer goes first: a 400 in its place would say that nothing was done. The answers have the additional header lines.
 */
export function malformedRequestHandler(logger: Logger, headerLines: string) {
  const waiting = new WeakSet<Socket>();
  const refuse = (error: ParserError, socket: Socket) =>
    socket.end(answerTo(error, socket, logger, headerLines));
  return (error: ParserError, socket: Socket): void => {
    if (waiting.has(socket)) return;
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const last = lastResponses.get(socket);
    if (!last || isWritten(last, socket)) refuse(error, socket);
    else if (last.req.complete) {
      waiting.add(socket);
      last.once("close", () => refuse(error, socket));
    }
    // What is malformed is the body of the last request itself, whose turn it may be to get an answer.
    else if (last.socket === socket && !last.headersSent) refuse(error, socket);
    else socket.destroy();
  };
}

const isWritten = (response: ServerResponse, socket: Socket) =>
  response.writableFinished || (response.writableEnded && response.socket === socket);

function answerTo(error: ParserError, socket: Socket, logger: Logger, headerLines: string): string {
  const [status, reason, detail] = problemsByCode[error.code ?? ""] ?? [
    400,
    "MALFORMED_REQUEST",
    "The request is not valid HTTP/1.1.",
  ];
  const id = randomUUID();
  const httpRequest = { status, remoteIp: socket.remoteAddress };
  logger.info({ request_id: id, reason, code: error.code, httpRequest }, `Not a request: ${detail}`);
  const body = JSON.stringify(new Problem(status, reason, detail).body(id));
  return (
    `HTTP/1.1 ${status} ${statusName(status)}\r\nContent-Type: ${problemType}\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nX-Request-Id: ${id}\r\n${headerLines}` +
    `Cache-Control: no-store\r\nConnection: close\r\n\r\n${body}`
  );
}
