import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { Writable } from "node:stream";
import { listen, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { expect, it, onTestFinished } from "vitest";

interface Entry {
  severity: string;
  reason?: string;
  message: string;
  httpRequest?: { status: number };
}

/** The service, what it logs, and a way to send it something and be gone. */
async function started(environment: NodeJS.ProcessEnv = {}) {
  const entries: Entry[] = [];
  const log = new Writable({
    write: (chunk, _encoding, done) => {
      entries.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const { app } = await startTestApp(environment, { log });
  const port = Number(new URL(await listen(app)).port);
  return {
    entries,
    connect: async () => {
      const socket = connectSocket(port, "127.0.0.1").on("error", () => {});
      onTestFinished(() => void socket.destroy());
      await once(socket, "connect");
      return socket;
    },
  };
}

const reasons = (entries: Entry[]) => entries.flatMap(({ reason }) => reason ?? []);
const aboveInfo = (entries: Entry[]) => entries.filter(({ severity }) => severity !== "INFO");

it.each([
  ["with a rate limit", "1000", "GET /clans HTTP/1.1\r\n"],
  ["at a path that is none", "1000", "GET /%ZZ HTTP/1.1\r\n"],
  ["before its body", "0", "POST /clans HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"],
])(
  "a connection that is reset right after its request is no fault of the service: %s",
  async (_, limit, head) => {
    const { entries, connect } = await started({ RATE_LIMIT_PER_MINUTE: limit });
    // The service may have seen the request before the reset.
    await expect
      .poll(async () => {
        const socket = await connect();
        socket.write(`${head}Host: a\r\n\r\n`, () => socket.resetAndDestroy());
        await once(socket, "close");
        return entries.length;
      })
      .toBeGreaterThan(4);
    expect(aboveInfo(entries)).toEqual([]);
    expect(reasons(entries)).toContain("CLIENT_GONE");
  },
);

const uploads = [
  ["POST /clans", "content-length: 100", '{"name":'],
  ["POST /user-activity", "transfer-encoding: chunked", '8\r\n{"rows":'],
  ["DELETE /clans/01a2088a-10e3-7d9b-a235-835b1aebf9e5", "content-length: 100", "{"],
] as const;
it.each(["ends", "is reset"].flatMap((ending) => uploads.map((upload) => [ending, ...upload] as const)))(
  "a connection that %s within the body of %s, with %s, is not taken for a lost database",
  async (ending, target, length, part) => {
    const { entries, connect } = await started();
    const socket = await connect();
    const head = `${target} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n`;
    socket.write(`${head}${length}\r\n\r\n${part}`);
    await once(socket, "data");
    if (ending === "ends") socket.end();
    else socket.resetAndDestroy();
    await expect.poll(() => reasons(entries)).toContain("CLIENT_GONE");
    expect(aboveInfo(entries)).toEqual([]);
  },
);
