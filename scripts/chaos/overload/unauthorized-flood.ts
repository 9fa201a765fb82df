import { createHash } from "node:crypto";
import { Agent } from "node:http";
import { type Experiment, expectThat } from "../experiment.ts";
import { type HttpRequest, sendRequest } from "../harness/http-client.ts";
import { observe } from "../harness/observe.ts";
import { withService } from "../harness/with-service.ts";

const perMinute = 600;
const floodSeconds = 10;
const connections = 50;
const key = "the-key";
const from = (address: string) => ({ "x-forwarded-for": address });

/** What the flood asks for: none of it needs to be authorized, and most has no route. */
const targets: HttpRequest[] = [
  { method: "POST", path: "/clans", headers: { authorization: "Bearer wrong" } },
  { path: "/user-activity?user_id=a" },
  { path: "/nowhere" },
  { method: "DELETE", path: "/clans" },
  { path: "/docs/" },
  { path: "/openapi.json" },
  { path: "/%zz" },
];

export const unauthorizedFlood: Experiment = {
  name: "401-flood",
  guarantee:
    "The rate limit covers whatever a client asks for, also what is refused; others and probes are served as before.",
  method:
    `For ${floodSeconds} s, one address sends requests without a valid key, to unknown paths, with wrong methods and for the documentation, ` +
    `as fast as ${connections} connections get responses, with a limit of ${perMinute} per minute; the probes are flooded as well.`,
  mutation:
    "With the count in a `preHandler` hook in `service/src/http/rate-limit.ts`, which refused requests do not reach, 8,732 requests of the flood passed.",
  run: () =>
    withService(
      async ({ service }) => {
        const endsAt = performance.now() + floodSeconds * 1_000;
        const isOver = () => performance.now() > endsAt;
        const ordinary = { authorization: `Bearer ${key}`, ...from("198.51.100.2") };
        const [flood, probes, others] = await Promise.all([
          floodWith(service.url, (n) => targets[n % targets.length] as HttpRequest, isOver),
          floodWith(service.url, () => ({ path: "/health/ready" }), isOver),
          observe(service.url, () => ({ path: "/user-activity?user_id=a", headers: ordinary }), isOver),
        ]);
        const passed = [...flood].filter(([status]) => status !== 429).reduce((sum, [, n]) => sum + n, 0);
        const limited = flood.get(429) ?? 0;
        const bad = flood.get(400) ?? 0;
        // The window may end once in this time. What is no URL has no proxy's word for its address.
        expectThat(
          passed - bad <= 2 * perMinute,
          `${passed} requests of the flood passed: ${describe(flood)}`,
        );
        expectThat(limited > passed, `only ${limited} were answered 429: ${describe(flood)}`);
        expectThat([...probes.keys()].join() === "200", `the probes got ${describe(probes)}`);
        expectThat(
          [...others.responses.keys()].join() === "200",
          `others got ${[...others.responses].join("; ")}`,
        );
        const summary =
          `${passed} requests of the flood passed and ${limited} got 429; ${probes.get(200)} probes and ${others.responses.get("200")} ` +
          `requests of another client all got 200, the slowest after ${Math.round(others.slowestMs)} ms`;
        return { summary };
      },
      {
        API_KEYS: createHash("sha256").update(key).digest("hex"),
        RATE_LIMIT_PER_MINUTE: String(perMinute),
        TRUSTED_PROXIES: "1",
      },
    ),
};

/** Sends requests from one address; returns the number of each status. */
async function floodWith(
  url: string,
  next: (number: number) => HttpRequest,
  isOver: () => boolean,
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let number = 0;
  const client = async () => {
    while (!isOver()) {
      const request = next(number++);
      const headers = { ...request.headers, ...from("198.51.100.1") };
      const { status } = await sendRequest(url, { ...request, headers, agent });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  agent.destroy();
  return statuses;
}

const describe = (statuses: Map<number, number>) =>
  [...statuses].map(([status, count]) => `${count} × ${status}`).join(", ");
