import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { activity } from "../../testkit/activity.ts";
import { ask } from "../rig/ask.ts";

// `node offer.ts URL NAME REQUESTS_A_SECOND SECONDS` offers batches of activity at a rate that does not wait for the answers, as
// many clients that know nothing of each other do, or, for a rate of 0, as fast as 32 connections have their answers.
// A process of its own, so that it offers them in time. It prints what became of each.
const [url = "", name = "", rate = "0", seconds = "0"] = process.argv.slice(2);
const rows = 100;
const closedConnections = 32;
// More than the service lets run at once; who finds all of them taken is counted as not sent.
const mostConnections = 1_000;

export interface Offered {
  /** Requests that were sent, with their answer's status (0: none) and the time from when they were due, in ms. */
  answers: { user: string; status: number; ms: number }[];
  notSent: number;
  /** From the first request to the last answer. */
  seconds: number;
  rows: number;
}

const agent = new Agent({ keepAlive: true });
const offered: Offered = { answers: [], notSent: 0, seconds: 0, rows };
const body = JSON.stringify({
  rows: Array.from({ length: rows }, (_, n) =>
    activity({
      user_id: "USER",
      event_date: new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10),
      install_date: "2024-01-01",
    }),
  ),
});
let running = 0;

async function send(number: number, dueAt: number): Promise<void> {
  const user = `${name} ${number}`;
  running++;
  const headers = { "content-type": "application/json" };
  const question = {
    method: "POST",
    path: "/user-activity",
    headers,
    body: body.replaceAll("USER", user),
    agent,
  };
  const status = await ask(url, question).then(
    (answer) => answer.status,
    () => 0,
  );
  running--;
  offered.answers.push({ user, status, ms: performance.now() - dueAt });
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
    if (running >= mostConnections) offered.notSent++;
    else sending.push(send(number++, dueAt));
  }
  await Promise.all(sending);
}
offered.seconds = (performance.now() - startedAt) / 1_000;
process.stdout.write(JSON.stringify(offered), () => process.exit());
