import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { Problem, problemType } from "./problem.ts";
import type { Reason } from "./reasons.ts";
import { statusName } from "./status-names.ts";

const connectCode = "CONNECT";

type Fault = [status: number, reason: Reason, detail: string];

const faultsByCode: Record<string, Fault> = {
  HPE_HEADER_OVERFLOW: [431, "HEADERS_TOO_LARGE", "The request's headers and URL are larger than 16 KiB."],
  [connectCode]: [501, "NOT_IMPLEMENTED", "CONNECT is not a method of this service; it is no proxy."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "REQUEST_TIMEOUT", "The request did not arrive whole in time."],
};

/** Of the parser, what it read and how far it came. */
type ParserError = Error & { code?: string; rawPacket?: unknown; bytesParsed?: number };

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

/** Answers CONNECT, of which Node would close the connection without a word. */
export function refuseConnect(app: FastifyInstance): void {
  app.server.on("connect", (_request, socket: Socket) => {
    // Node takes its own listeners and time limits off. Before this answer, that to an earlier request may take its time.
    socket.on("error", () => socket.destroy());
    socket.once("finish", () => socket.setTimeout(5_000, () => socket.destroy()));
    socket.resume();
    app.server.emit("clientError", Object.assign(new Error("CONNECT"), { code: connectCode }), socket);
  });
}

const isWritten = (response: ServerResponse, socket: Socket) =>
  response.writableFinished || (response.writableEnded && response.socket === socket);

function faultOf(error: ParserError): Fault {
  if (isUnknownMethod(error)) return [501, "NOT_IMPLEMENTED", "The method is not one of HTTP."];
  const known = faultsByCode[error.code ?? ""];
  return known ?? [400, "MALFORMED_REQUEST", "The request is not valid HTTP/1.1."];
}

/** Whether the parser stopped within the first word of what is a request line otherwise. */
const isUnknownMethod = ({ code, rawPacket, bytesParsed }: ParserError): boolean =>
  code === "HPE_INVALID_METHOD" &&
  Buffer.isBuffer(rawPacket) &&
  restOfRequestLine.test(rawPacket.toString("latin1", bytesParsed));

const restOfRequestLine = /^[\w!#$%&'*+.^`|~-]* \S+ HTTP\/1\.\d\r?\n/;

function answerTo(error: ParserError, socket: Socket, logger: Logger, headerLines: string): string {
  const [status, reason, detail] = faultOf(error);
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
