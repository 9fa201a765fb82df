import { createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { startTcpProxy, type TcpProxy } from "@clan-platform/scripts/testkit/tcp-proxy.ts";
import { expect, it, onTestFinished } from "vitest";
import { withClient } from "./with-client.ts";

/** A proxy in front of a test database, and the database's address there. */
async function startProxy(): Promise<{ proxy: TcpProxy; url: URL }> {
  const url = new URL((await createTestDatabase()).serviceUrl);
  const proxy = await startTcpProxy(Number(url.port));
  onTestFinished(() => proxy.close());
  url.port = String(proxy.port);
  return { proxy, url };
}

it("returns what the work does, and closes the connection", async () => {
  const { proxy, url } = await startProxy();
  const one = withClient({ connectionString: url.href }, (client) => client.query("select 1 as one"));
  expect((await one).rows).toEqual([{ one: 1 }]);
  await expect.poll(() => proxy.connections.size).toBe(0);
});

it("rejects when the connection breaks under the work", async () => {
  const { proxy, url } = await startProxy();
  const lost = withClient({ connectionString: url.href }, async (client) => {
    const sleeping = client.query("select pg_sleep(60)");
    for (const connection of proxy.connections) connection.cut();
    await sleeping;
  });
  await expect(lost).rejects.toThrow(/ECONNRESET|Connection terminated unexpectedly/);
});

const neverConnected = () => Promise.reject(new Error("It has connected."));

it("leaves no connection behind when it can't log in", async () => {
  const { proxy, url } = await startProxy();
  url.password = "";
  await expect(withClient({ connectionString: url.href }, neverConnected)).rejects.toThrow(/password/);
  await expect.poll(() => proxy.connections.size).toBe(0);
});

it("gives up on a server that never answers", async () => {
  const { proxy, url } = await startProxy();
  proxy.isBlackHole = true;
  const options = { connectionString: url.href, connectionTimeoutMillis: 100 };
  await expect(withClient(options, neverConnected)).rejects.toThrow(/timeout/);
});
