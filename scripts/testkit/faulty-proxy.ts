import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Fault = "lose the answer" | ((response: ServerResponse) => void);

/** A proxy in front of a service, which does one fault per request, and then none. */
export async function startFaultyProxy(url: string, faults: Fault[]) {
  const keys: unknown[] = [];
  const proxy = createServer((incoming: IncomingMessage, response) => {
    const { method, headers } = incoming;
    keys.push(headers["idempotency-key"]);
    const fault = faults.shift();
    if (typeof fault === "function") return void incoming.resume().once("end", () => fault(response));
    const forwarded = request(`${url}${incoming.url}`, { method, headers }, (answer) => {
      if (fault) answer.resume().once("end", () => response.socket?.destroy());
      else answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers));
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void proxy.close());
  return { baseUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, keys };
}
