import { once } from "node:events";
import { type AddressInfo, connect as connectSocket, createServer } from "node:net";
import { get, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it, onTestFinished } from "vitest";

/** What PgBouncer does in transaction mode that a client sees: how it starts a session. */
interface Pooler {
  /** Whether it refuses the settings of a session, or ignores them (`ignore_startup_parameters`). */
  refusesSettings: boolean;
}

/** Starts an emulation of a pooler in front of the database of a URL; returns the URL that leads through it. */
async function startPooler(databaseUrl: string, { refusesSettings }: Pooler): Promise<string> {
  const { port, hostname } = new URL(databaseUrl);
  const listener = createServer((client) => {
    const server = connectSocket(Number(port), hostname);
    client.on("error", () => {}).on("close", () => server.destroy());
    server.on("error", () => {}).on("close", () => client.destroy());
    client.once("data", (startup) => {
      if (refusesSettings) return client.end(refusal());
      server.write(withoutSettings(startup));
      client.pipe(server);
    });
    server.on("data", (bytes) => client.write(withOtherProcess(bytes)));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void listener.close());
  await once(listener, "listening");
  const throughPooler = { port: String((listener.address() as AddressInfo).port) };
  return Object.assign(new URL(databaseUrl), throughPooler).href;
}

/** A startup message that names only user and database. */
function withoutSettings(startup: Buffer): Buffer {
  const fields = startup.subarray(8).toString("latin1").split("\0");
  const kept: string[] = [];
  for (let at = 0; fields[at]; at += 2) {
    if (fields[at] === "user" || fields[at] === "database") kept.push(`${fields[at]}\0${fields[at + 1]}\0`);
  }
  const body = Buffer.from(`${kept.join("")}\0`, "latin1");
  const head = Buffer.from(startup.subarray(0, 8));
  head.writeInt32BE(8 + body.length);
  return Buffer.concat([head, body]);
}

/** A pooler gives its clients a process id of its own (BackendKeyData). */
function withOtherProcess(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
  if (at !== -1) bytes.writeInt32BE(7, at + 5);
  return bytes;
}

function refusal(): Buffer {
  const fields = ["SFATAL", "VFATAL", "C08P01", "Munsupported startup parameter: options", ""];
  const body = Buffer.from(fields.map((field) => `${field}\0`).join(""));
  const head = Buffer.from("E\0\0\0\0", "latin1");
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

it.each([
  ["refuses", true],
  ["ignores", false],
])(
  "a pooler that %s the settings of a session is reported in one sentence, at the start and to probes",
  async (_, refusesSettings) => {
    const database = await createTestDatabase();
    const DATABASE_URL = await startPooler(database.serviceUrl, { refusesSettings });
    const lines: string[] = [];
    const log = { write: (line: string) => void lines.push(line) };
    const { app } = await startTestApp({ DATABASE_URL }, { database, log });
    const sentence = /^DATABASE_URL leads to a connection pooler .* in transaction mode: [^.]*\.$/;
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    expect(lines.map((line) => JSON.parse(line).message)).toEqual([expect.stringMatching(sentence)]);
    const { status, body } = await get(app, "/health/ready");
    expect([status, body.reason, body.detail]).toEqual([
      503,
      "DATABASE_POOLER",
      expect.stringMatching(sentence),
    ]);
    expect((await get(app, "/health/live")).status).toBe(200);
  },
);
