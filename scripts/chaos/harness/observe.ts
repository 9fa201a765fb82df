import { setTimeout as delay } from "node:timers/promises";
import { type HttpRequest, NoResponse, sendRequest } from "./http-client.ts";

export interface Observed {
  /** The number of each kind of response, such as `503 DATABASE_BUSY`. */
  responses: Map<string, number>;
  slowestMs: number;
}

/** Sends the same request ten times per second, one after another, until `isOver`. */
export async function observe(
  url: string,
  request: () => HttpRequest,
  isOver: () => boolean,
): Promise<Observed> {
  const observed: Observed = { responses: new Map(), slowestMs: 0 };
  while (!isOver()) {
    const startedAt = performance.now();
    const response = await statusOf(url, request());
    observed.slowestMs = Math.max(observed.slowestMs, performance.now() - startedAt);
    observed.responses.set(response, (observed.responses.get(response) ?? 0) + 1);
    await delay(100);
  }
  return observed;
}

/** Returns the status and, of a problem, its reason. */
export async function statusOf(url: string, request: HttpRequest): Promise<string> {
  try {
    const { status, text } = await sendRequest(url, request);
    return status < 400 ? String(status) : `${status} ${JSON.parse(text).reason}`;
  } catch (error) {
    if (error instanceof NoResponse) return error.message;
    throw error;
  }
}
