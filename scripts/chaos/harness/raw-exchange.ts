import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { HttpResponse } from "./http-client.ts";

/** Bytes to send, valid HTTP or not. */
export interface RawRequest {
  head: string;
  /** Pieces of the body, one after another. */
  pieces: (string | Buffer)[];
  /** Pause between two pieces, in ms. */
  pauseMs?: number;
  /** After the last piece: wait for the response, or end or reset the connection. */
  ending?: "wait" | "end" | "break";
}

/** Returns the first complete response; undefined when the connection was closed before, or after `seconds`. */
export async function exchangeRaw(
  port: number,
  { head, pieces, pauseMs = 0, ending = "wait" }: RawRequest,
  seconds = 30,
): Promise<HttpResponse | undefined> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let isOver = false;
  const over = once(socket, "close").catch(() => {});
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    // Responses are short, so that parsing all bytes again is cheap.
    if (responseIn(Buffer.concat(chunks))) socket.destroy();
  });
  for (const event of ["end", "error", "close"]) {
    socket.on(event, () => {
      isOver = true;
      socket.destroy();
    });
  }
  const timer = setTimeout(() => socket.destroy(), seconds * 1_000);
  socket.write(head);
  for (const piece of pieces) {
    if (isOver) break;
    if (!socket.write(piece)) await Promise.race([once(socket, "drain").catch(() => {}), over]);
    if (pauseMs > 0) await Promise.race([delay(pauseMs), over]);
  }
  if (ending === "end") socket.end();
  if (ending === "break") socket.resetAndDestroy();
  await over;
  clearTimeout(timer);
  return responseIn(Buffer.concat(chunks));
}

/** The first response in the received bytes, when it is complete. */
function responseIn(bytes: Buffer): HttpResponse | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [statusLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const status = Number(statusLine.split(" ")[1]);
  // A 100 Continue may come before the response itself.
  if (status === 100) return responseIn(bytes.subarray(end + 4));
  const length = Number(headers["content-length"] ?? 0);
  const body = bytes.subarray(end + 4, end + 4 + length);
  return body.length === length ? { status, headers, text: body.toString("utf8") } : undefined;
}
