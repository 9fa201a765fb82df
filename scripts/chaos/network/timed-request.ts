import { Agent } from "node:http";
import { type HttpRequest, type HttpResponse, sendRequest } from "../harness/http-client.ts";

/** Sends a request on a new connection, and measures the time to its response, in ms. */
export async function timedRequest(
  url: string,
  request: HttpRequest,
): Promise<HttpResponse & { ms: number }> {
  const agent = new Agent();
  const startedAt = performance.now();
  const response = await sendRequest(url, { ...request, agent }).finally(() => agent.destroy());
  return { ...response, ms: performance.now() - startedAt };
}
