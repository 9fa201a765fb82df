import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { type Experiment, promised } from "../experiment.ts";
import type { Heard } from "../rig/client.ts";
import { failureOf } from "../rig/failures.ts";
import type { Postgres } from "../rig/postgres.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";

const clients = 100;
// Of the clients, those whose request waits in PostgreSQL while the service is asked to stop.
const waiting = 15;
const waitMs = 4_000;
// Below the half second in which the service tells clients to go, so that each hears it.
const pauseMs = 200;
// A connection over which nothing was sent for so long may be closed at any time, so a client takes a new one.
const freshMs = 350;

const environment = { POOL_MAX: "40", LOCK_TIMEOUT_MS: "7000", CONNECT_TIMEOUT_MS: "7000" };

export const askedToStop: Experiment = {
  name: "asked-to-stop",
  promise:
    "A service that is asked to stop answers everything that it was asked, tells every client to go elsewhere, and is gone within 10 s with exit code 0.",
  trial: `SIGTERM with ${clients} keep-alive clients, of which ${waiting} wait for a lock that is held for ${waitMs / 1_000} s more.`,
  protection:
    "Without `running.forEach(announceClose)` in service/src/serve.ts, clients whose answer had been under way at the signal were told keep-alive, and their next requests were reset or found nobody: 11 of 488.",
  // A machine that is busy with others stands still for longer than the half second in which clients are told.
  isAlone: true,
  run: () => underLoad(askToStop, { mayEnd: true, environment }),
};

async function askToStop(rig: Rig): Promise<string> {
  const { postgres, service } = rig;
  const heard: Heard[] = [];
  const using = Array.from({ length: clients }, (_, number) =>
    useUntilToldToClose(rig, number, (answer) => heard.push(answer)),
  );
  await until("every client was answered", () => heard.length >= 2 * clients);
  const lock = await lockClans(postgres);
  await until("requests wait for the lock", async () => {
    const [locks] = await postgres.query("select count(*)::int as waiting from pg_locks where not granted");
    return Number(locks?.waiting) >= waiting;
  });

  const before = heard.length;
  const ended = service.end("SIGTERM");
  await delay(waitMs);
  await lock.end();
  const told = await Promise.all(using);
  const { code, ms } = await ended;

  // A machine that is too slow for so many clients lets some in later; whoever waited for the lock was in.
  const isShed = ({ answer }: Heard) => answer?.status === 503 && answer.text.includes('"OVERLOADED"');
  const failures = heard.filter((one) => !isShed(one)).flatMap((one) => failureOf(one) ?? []);
  promised(
    failures.length === 0,
    `${failures.length} of ${heard.length} requests failed: ${failures.slice(0, 3).join("; ")}`,
  );
  promised(told.every(Boolean), `${told.filter((isTold) => !isTold).length} clients were not told to go`);
  promised(code === 0 && ms < 10_000, `it ended with exit code ${code} after ${Math.round(ms)} ms`);
  await rig.restartService();
  return `exit code 0 after ${(ms / 1_000).toFixed(1)} s; ${heard.length - before} requests answered after the signal, and none failed; of all, ${heard.filter(isShed).length} were told to come again`;
}

/** A connection that is kept until an answer says `Connection: close`, or none comes; whether it was said. */
async function useUntilToldToClose(
  { load }: Rig,
  number: number,
  onHeard: (heard: Heard) => void,
): Promise<boolean> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let last: Heard | undefined;
  let lastAt = performance.now();
  const client = load.client({
    isPatient: false,
    agent,
    onHeard: (heard) => {
      last = heard;
      lastAt = performance.now();
    },
  });
  const isTold = () => last?.answer?.headers.connection === "close";
  for (let step = 0; !isTold() && !last?.fault; step++) {
    // Happens only when this process was kept from running.
    const isFresh = performance.now() - lastAt > freshMs;
    if (isFresh) agent.destroy();
    const name = `stopped ${number} ${step}`;
    if (number < waiting) await client.createClan(name);
    else if (step % 3 === 0) await client.sendBatch(name, 5);
    else if (step % 3 === 1) await client.hear({ path: "/clans?page_size=20" });
    else await client.hear({ path: "/clans/search?name=stopped" });
    // It came when the service was gone, which owes a new connection nothing.
    if (isFresh && last?.fault) return true;
    if (last) onHeard(last);
    await delay(Math.random() * pauseMs);
  }
  agent.destroy();
  return isTold();
}

/** Keeps everybody from writing clans, and nobody from reading them, until it ends. */
async function lockClans({ adminUrl }: Postgres): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on("error", () => {});
  await client.connect();
  await client.query("begin; lock table clans in share row exclusive mode");
  return client;
}
