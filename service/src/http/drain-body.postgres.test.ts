import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { text } from "node:stream/consumers";
import { activity, csvHeader, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { listen, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { expect, it, onTestFinished } from "vitest";

const mebibyte = 2 ** 20;
// More than what the connection's buffers hold.
const size = 24 * mebibyte;

const csv = "Content-Type: text/csv\r\n";
const rows = (changes: Record<string, unknown>) => toCsv(Array.from({ length: 50 }, () => activity(changes)));

it.each([
  [
    "of another type, with Connection: close",
    "HTTP/1.1",
    "Content-Type: text/plain\r\nConnection: close\r\n",
    "",
    415,
  ],
  ["of another type, in HTTP/1.0", "HTTP/1.0", "Content-Type: text/plain\r\n", "", 415],
  ["without a header, with Connection: close", "HTTP/1.1", `${csv}Connection: close\r\n`, "a,b\n", 400],
  [
    "of rejected rows, with Connection: close",
    "HTTP/1.1",
    `${csv}Connection: close\r\n`,
    rows({ platform: "WEB" }),
    422,
  ],
])(
  "a client that sends an import %s can send all of it, and then gets the answer",
  async (_, version, headers, start, status) => {
    const { app } = await startTestApp();
    const url = await listen(app);
    const socket = connectSocket(Number(new URL(url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    const answer = text(socket);
    socket.write(
      `POST /user-activity/import?max_rejects=10 ${version}\r\nHost: x\r\n${headers}Content-Length: ${start.length + size}\r\n\r\n${start}`,
    );
    const part = Buffer.alloc(mebibyte, `${csvHeader}\n`);
    for (let sent = 0; sent < size; sent += part.length) if (!socket.write(part)) await once(socket, "drain");
    expect(await answer).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} .*\r\nconnection: close\r\n.*"status":${status}`, "is"),
    );
  },
);

it("a client that stops in the middle of a refused body gets that answer alone, as a problem", async () => {
  const { app } = await startTestApp({
    HANDLER_TIMEOUT_MS: "1500",
    STATEMENT_TIMEOUT_MS: "1000",
    LOCK_TIMEOUT_MS: "900",
    CONNECT_TIMEOUT_MS: "900",
  });
  const url = await listen(app);
  const socket = connectSocket(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const answer = text(socket);
  socket.write(
    "POST /clans HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n{}",
  );
  expect(await answer).toMatch(
    /^HTTP\/1\.1 415 .*application\/problem\+json.*"reason":"UNSUPPORTED_MEDIA_TYPE"/is,
  );
}, 30_000);
