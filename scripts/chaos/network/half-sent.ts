import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { watchFailedRequests } from "../harness/failed-requests.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

const half = 500;
const perAddress = 100;
// The least transfer rate leaves a body five seconds; it is checked every second.
const longestMs = 5_000 + 2_000 + 3_000;

const targets = [
  { path: "/clans", type: "application/json" },
  { path: "/clans", type: "application/json" },
  { path: "/user-activity", type: "application/json" },
  { path: "/user-activity/import", type: "text/csv" },
];

export const halfSent: Experiment = {
  name: "half-sent",
  guarantee:
    "Requests that are half sent take nobody's place: others are served as before, and the half-sent ones are closed.",
  method:
    `${2 * half} requests with headers and one byte of their body: ${half} from as many addresses, and ${half} from one, ` +
    `of which ${perAddress} may be open at once.`,
  mutation:
    "While `shedLoad` in `service/src/http/limits.ts` counted requests from their headers on, writes stopped until the half-sent requests were closed, which took 10.7 s.",
  run: () => underLoad(sendHalves, { environment: { POOL_MAX: "12", TRUSTED_PROXIES: "1" } }),
};

async function sendHalves({ service, load }: Harness): Promise<string> {
  const failures = watchFailedRequests(load);
  const startedAt = performance.now();
  const connections = Array.from({ length: 2 * half }, (_, n) => {
    // The service trusts one proxy, which names the client.
    const address = n < half ? `198.18.${n >> 8}.${n & 255}` : "198.51.100.1";
    return openHalf(service.port, address, targets[n % targets.length] ?? { path: "", type: "" });
  });
  const opened = await Promise.all(connections);
  await load.untilAcknowledged(100);
  const servedMs = performance.now() - startedAt;
  await waitUntil("all half-sent requests are closed", () => opened.every(({ isClosed }) => isClosed()));
  const closedMs = performance.now() - startedAt;
  const countOf = (status: number) => opened.filter(({ answer }) => answer().includes(` ${status} `)).length;
  const [tooSlow, tooMany] = [countOf(408), countOf(429)];
  expectThat(closedMs < longestMs, `the last one was closed only after ${Math.round(closedMs)} ms`);
  expectThat(tooMany === half - perAddress, `${tooMany} of ${half} of one address were refused`);
  expectThat(tooSlow === half + perAddress, `${tooSlow} were answered 408`);
  // Some more requests, now that all are gone.
  await delay(500);
  return (
    `${failures.requireNone()}; 100 writes took ${Math.round(servedMs)} ms meanwhile; ` +
    `${tooMany} refused at once, ${tooSlow} closed within ${(closedMs / 1_000).toFixed(1)} s`
  );
}

async function openHalf(port: number, address: string, { path, type }: { path: string; type: string }) {
  const socket: Socket = connect(port, "127.0.0.1").on("error", () => {});
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  await once(socket, "connect");
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: service\r\nX-Forwarded-For: ${address}\r\nContent-Type: ${type}\r\nContent-Length: 50\r\n\r\n{`,
  );
  return { answer: () => answer, isClosed: () => socket.destroyed };
}
