import type { FastifyRateLimitStore } from "@fastify/rate-limit";

// As many as @fastify/rate-limit's own store keeps.
const maxAddresses = 5_000;

/**
 * Counts the requests of each address, in windows that begin with its first one. @fastify/rate-limit's own store goes by the
 * wall clock: when that is set back by an hour, a window lasts an hour longer, and an address that has used it up is refused until then.
 */
export class RequestWindows implements FastifyRateLimitStore {
  readonly #windows = new Map<string, { startedAt: number; requests: number }>();

  incr(address: string, callback: Parameters<FastifyRateLimitStore["incr"]>[1], timeWindow: number): void {
    const now = performance.now();
    const known = this.#windows.get(address);
    const window = known && now - known.startedAt < timeWindow ? known : { startedAt: now, requests: 0 };
    window.requests += 1;
    // In the order of their last use.
    this.#windows.delete(address);
    this.#windows.set(address, window);
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= maxAddresses) break;
      this.#windows.delete(oldest);
    }
    callback(null, { current: window.requests, ttl: timeWindow - (now - window.startedAt) });
  }

  child(): RequestWindows {
    return new RequestWindows();
  }
}
