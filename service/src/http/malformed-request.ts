import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { Problem, problemType } from "./problem.ts";
import type { Reason } from "./reasons.ts";
import { statusName } from "./status-names.ts";

const problemsByCode: Record<string, [status: number, reason: Reason, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, "HEADERS_TOO_LARGE", "The request's headers and URL are larger than 16 KiB."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "REQUEST_TIMEOUT", "The request did not arrive whole in time."],
};

/**
 * Returns a function that answers malformed, too large or too slow requests on the bare socket, because there is no request to
 * reply to, and logs them under the id that the answer has.
 */
export function malformedRequestHandler(logger: Logger) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, reason, detail] = problemsByCode[error.code ?? ""] ?? [
      400,
      "MALFORMED_REQUEST",
      "The request is not valid HTTP/1.1.",
    ];
    const id = randomUUID();
    const httpRequest = { status, remoteIp: socket.remoteAddress };
    logger.info({ request_id: id, reason, code: error.code, httpRequest }, `Not a request: ${detail}`);
    const body = JSON.stringify(new Problem(status, reason, detail).body(id));
    socket.end(
      `HTTP/1.1 ${status} ${statusName(status)}\r\nContent-Type: ${problemType}\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nX-Request-Id: ${id}\r\n` +
        `Cache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
    );
  };
}
