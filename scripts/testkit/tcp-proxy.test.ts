import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { startTcpProxy } from "./tcp-proxy.ts";

/** An echo server, a proxy in front of it, and a client of the proxy. */
async function startEcho() {
  const atServer: string[] = [];
  let served: Socket | undefined;
  const server = createServer((socket) => {
    served = socket
      .on("error", () => {})
      .on("data", (bytes) => {
        atServer.push(bytes.toString());
        socket.write(bytes);
      });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await startTcpProxy((server.address() as AddressInfo).port);
  const client = connect(proxy.port, "127.0.0.1").on("error", () => {});
  let echoed = "";
  client.on("data", (bytes) => (echoed += bytes));
  await once(client, "connect");
  onTestFinished(async () => {
    client.destroy();
    served?.destroy();
    await proxy.close();
    server.close();
  });
  await expect.poll(() => proxy.connections.size).toBe(1);
  return { proxy, client, atServer, echoed: () => echoed, served: () => served };
}

it("forwards bytes in order, delayed or one by one", async () => {
  const { proxy, client, atServer, echoed } = await startEcho();
  proxy.delayMs.toServer = 300;
  const startedAt = performance.now();
  client.write("late");
  await expect.poll(() => atServer.join("")).toBe("late");
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(290);
  proxy.delayMs.toServer = 0;
  proxy.isSliced = true;
  client.write(" and in slices");
  await expect.poll(echoed).toBe("late and in slices");
  expect(atServer.length).toBeGreaterThan(5);
});

it("resets both sides, or falls silent and leaves both open", async () => {
  const { proxy, client, atServer, served } = await startEcho();
  const [connection] = proxy.connections;
  client.write("heard");
  await expect.poll(() => atServer).toEqual(["heard"]);
  connection?.fallSilent();
  client.end("unheard");
  served()?.write("unheard");
  await once(client, "finish");
  expect(served()?.readableEnded).toBe(false);
  connection?.cut();
  await expect.poll(() => [client.destroyed, served()?.destroyed]).toEqual([true, true]);
  expect(atServer).toEqual(["heard"]);
});
