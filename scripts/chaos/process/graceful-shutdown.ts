import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { failureOf } from "../harness/failed-requests.ts";
import type { Exchange } from "../harness/load-client.ts";
import type { Postgres } from "../harness/postgres.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

const clients = 100;
// The clients whose request waits in PostgreSQL at the SIGTERM.
const waiting = 15;
const waitMs = 4_000;
// Below the half second in which the service sends `Connection: close`, so that every client gets it.
const pauseMs = 200;
// A connection that was idle for longer may be closed at any time, so that clients open a new one.
const freshMs = 350;

const environment = { POOL_MAX: "40", LOCK_TIMEOUT_MS: "7000", CONNECT_TIMEOUT_MS: "7000" };

export const gracefulShutdown: Experiment = {
  name: "graceful-shutdown",
  guarantee:
    "After SIGTERM, the service responds to all requests it has accepted, closes every keep-alive connection with `Connection: close`, and exits within 10 s with code 0.",
  method: `SIGTERM with ${clients} keep-alive clients, of which ${waiting} wait for a lock that is held for another ${waitMs / 1_000} s.`,
  mutation:
    "Without `running.forEach(announceClose)` in service/src/serve.ts, responses in progress at the signal kept their connections alive, and the next requests on them were reset or refused: 11 of 488.",
  // A busy machine pauses for longer than the half second in which clients get `Connection: close`.
  isExclusive: true,
  run: () => underLoad(shutDown, { mayExit: true, environment }),
};

async function shutDown(harness: Harness): Promise<string> {
  const { postgres, service } = harness;
  const exchanges: Exchange[] = [];
  const using = Array.from({ length: clients }, (_, number) =>
    useUntilClosed(harness, number, (exchange) => exchanges.push(exchange)),
  );
  await waitUntil("every client got responses", () => exchanges.length >= 2 * clients);
  const lock = await lockClans(postgres);
  await waitUntil("requests wait for the lock", async () => {
    const [locks] = await postgres.query("select count(*)::int as waiting from pg_locks where not granted");
    return Number(locks?.waiting) >= waiting;
  });

  const before = exchanges.length;
  const ended = service.end("SIGTERM");
  await delay(waitMs);
  await lock.end();
  const areClosed = await Promise.all(using);
  const { code, ms } = await ended;

  // On a slow machine, some requests are shed; those that waited for the lock were accepted.
  const isShed = ({ response }: Exchange) =>
    response?.status === 503 && response.text.includes('"OVERLOADED"');
  const failures = exchanges.filter((one) => !isShed(one)).flatMap((one) => failureOf(one) ?? []);
  expectThat(
    failures.length === 0,
    `${failures.length} of ${exchanges.length} requests failed: ${failures.slice(0, 3).join("; ")}`,
  );
  expectThat(
    areClosed.every(Boolean),
    `${areClosed.filter((isClosed) => !isClosed).length} clients got no Connection: close`,
  );
  expectThat(code === 0 && ms < 10_000, `it ended with exit code ${code} after ${Math.round(ms)} ms`);
  await harness.restartService();
  return `exit code 0 after ${(ms / 1_000).toFixed(1)} s; ${exchanges.length - before} responses after the signal, no failed request; ${exchanges.filter(isShed).length} requests shed in total`;
}

/** Uses a connection until a response has `Connection: close`, which returns true, or a request fails. */
async function useUntilClosed(
  { load }: Harness,
  number: number,
  onExchange: (exchange: Exchange) => void,
): Promise<boolean> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let last: Exchange | undefined;
  let lastAt = performance.now();
  const client = load.client({
    isRetrying: false,
    agent,
    onExchange: (exchange) => {
      last = exchange;
      lastAt = performance.now();
    },
  });
  const isClosed = () => last?.response?.headers.connection === "close";
  for (let step = 0; !isClosed() && !last?.error; step++) {
    // Only when this process got no CPU time.
    const isNewConnection = performance.now() - lastAt > freshMs;
    if (isNewConnection) agent.destroy();
    const name = `stopped ${number} ${step}`;
    if (number < waiting) await client.createClan(name);
    else if (step % 3 === 0) await client.sendBatch(name, 5);
    else if (step % 3 === 1) await client.send({ path: "/clans?page_size=20" });
    else await client.send({ path: "/clans/search?name=stopped" });
    // It was sent after the service had exited: new connections are not guaranteed.
    if (isNewConnection && last?.error) return true;
    if (last) onExchange(last);
    await delay(Math.random() * pauseMs);
  }
  agent.destroy();
  return isClosed();
}

/** Blocks writes of clans, but not reads, until the session ends. */
async function lockClans({ adminUrl }: Postgres): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on("error", () => {});
  await client.connect();
  await client.query("begin; lock table clans in share row exclusive mode");
  return client;
}
