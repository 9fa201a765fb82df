import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { addDays } from "@clan-platform/warehouse/days.ts";
import { activity } from "../../testkit/activity.ts";
import { sendRequest } from "../harness/http-client.ts";

// `node open-loop-load.ts URL NAME REQUESTS_PER_SECOND SECONDS` sends batches of activity at a fixed rate, whether or not earlier
// requests were answered (open loop), or for a rate of 0, as fast as 32 connections get responses (closed loop). A process of its
// own, so that it keeps the rate. It prints the result as JSON.
const [url = "", name = "", rate = "0", seconds = "0"] = process.argv.slice(2);
const rows = 100;
const closedConnections = 32;
// More than the service accepts concurrently; requests that find all of them in use are counted as not sent.
const mostConnections = 1_000;

export interface LoadResult {
  /** The requests sent, with the status of the response (0: none) and the time since they were due, in ms. */
  responses: { user: string; status: number; ms: number }[];
  notSent: number;
  /** From the first request to the last response. */
  seconds: number;
  rows: number;
}

const agent = new Agent({ keepAlive: true });
const result: LoadResult = { responses: [], notSent: 0, seconds: 0, rows };
const body = JSON.stringify({
  rows: Array.from({ length: rows }, (_, n) =>
    activity({
      user_id: "USER",
      event_date: addDays("2024-01-01", n),
      install_date: "2024-01-01",
    }),
  ),
});
let running = 0;

async function send(number: number, dueAt: number): Promise<void> {
  const user = `${name} ${number}`;
  running++;
  const headers = { "content-type": "application/json" };
  const request = {
    method: "POST",
    path: "/user-activity",
    headers,
    body: body.replaceAll("USER", user),
    agent,
  };
  const status = await sendRequest(url, request).then(
    (response) => response.status,
    () => 0,
  );
  running--;
  result.responses.push({ user, status, ms: performance.now() - dueAt });
}

const startedAt = performance.now();
const endsAt = startedAt + Number(seconds) * 1_000;
let number = 0;
if (rate === "0") {
  const connection = async () => {
    while (performance.now() < endsAt) await send(number++, performance.now());
  };
  await Promise.all(Array.from({ length: closedConnections }, connection));
} else {
  const sending: Promise<void>[] = [];
  for (let dueAt = startedAt; dueAt < endsAt; dueAt += 1_000 / Number(rate)) {
    while (performance.now() < dueAt) await delay(1);
    if (running >= mostConnections) result.notSent++;
    else sending.push(send(number++, dueAt));
  }
  await Promise.all(sending);
}
result.seconds = (performance.now() - startedAt) / 1_000;
process.stdout.write(JSON.stringify(result), () => process.exit());
