import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { getJson, ServerUnavailable } from "./requests.ts";

/** Serves with this listener until the test ends; returns the address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/days`;
}

it("gives up on a server that accepts the request and never answers", async () => {
  const address = await serve(() => {});
  await expect(getJson(address, undefined, 50)).rejects.toThrow(
    new ServerUnavailable("The server did not answer."),
  );
});

it("gives up on an answer that never ends, also where the request could be cancelled", async () => {
  const address = await serve((_request, response) => void response.write('{"version":'));
  await expect(getJson(address, new AbortController().signal, 1_000)).rejects.toThrow(
    new ServerUnavailable("The server's answer was cut off."),
  );
});

it("passes on that the page itself cancelled the request", async () => {
  const cancelled = new AbortController();
  const address = await serve(() => cancelled.abort());
  await expect(getJson(address, cancelled.signal)).rejects.toThrow(cancelled.signal.reason);
});
