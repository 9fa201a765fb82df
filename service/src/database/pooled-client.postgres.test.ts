import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { rootCertificates } from "node:tls";
import { get, post, startTestApp, type TestApp } from "@clan-platform/scripts/testkit/app.ts";
import { createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { startTcpProxy } from "@clan-platform/scripts/testkit/tcp-proxy.ts";
import { expect, it, onTestFinished } from "vitest";

const unavailable = { status: 503, body: { reason: "DATABASE_UNAVAILABLE" } };

const ask = async (app: TestApp["app"], name: string) => [
  await post(app, "/clans", { name }),
  await post(app, "/clans", { name, leader_user_id: "ana" }),
  await get(app, "/health/ready"),
];

it("leaves no connection behind when it can't log in", async () => {
  const database = await createTestDatabase();
  const url = new URL(database.serviceUrl);
  const proxy = await startTcpProxy(Number(url.port));
  onTestFinished(() => proxy.close());
  url.port = String(proxy.port);
  url.password = "";
  const { app } = await startTestApp({ DATABASE_URL: url.href }, { database });
  for (let n = 0; n < 10; n++)
    expect(await post(app, "/clans", { name: "Night Owls" })).toMatchObject(unavailable);
  await expect.poll(() => proxy.connections.size).toBe(0);
});

it("says that a database is unavailable which does not encrypt connections", async () => {
  const { app } = await startTestApp({ DATABASE_CA: rootCertificates[0] });
  for (const answer of await ask(app, "Night Owls")) expect(answer).toMatchObject(unavailable);
});

it("says that a database is unavailable which can't prove who it is", async () => {
  // Agrees to encrypt the connection, and then sends no certificate.
  const server = createServer((socket) => {
    socket
      .on("error", () => {})
      .once("data", () => {
        socket.write("S");
        socket.once("data", () => socket.end("no TLS"));
      });
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const DATABASE_URL = `postgres://clan_service:test@127.0.0.1:${port}/clan`;
  const { app } = await startTestApp({ DATABASE_URL, DATABASE_CA: rootCertificates[0] });
  for (const answer of await ask(app, "Night Owls")) expect(answer).toMatchObject(unavailable);
});
