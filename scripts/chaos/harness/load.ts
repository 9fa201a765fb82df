import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "../../testkit/wait-until.ts";
import { sendRequest } from "./http-client.ts";
import { Ledger, type Write } from "./ledger.ts";
import { type Client, createClient, type Exchange } from "./load-client.ts";
import type { ResponseValidator } from "./response-validator.ts";

export interface LoadOptions {
  /** Where the service listens now; it may change. */
  url: () => string;
  validate: ResponseValidator;
  /** Default: 8, of which every second one retries. */
  clients?: number;
  /** Pause between two requests of a client, in ms; default: 5. */
  pauseMs?: number;
  /** Request rate of all clients together, instead of a pause. */
  perSecond?: number;
  /** Prefix of the names of its writes, unique per load. Default: load. */
  name?: string;
  /** Default: new ones. */
  ledger?: Ledger;
  violations?: string[];
}

export type ClientOptions = Pick<Client, "isRetrying"> &
  Partial<Pick<Client, "agent" | "onExchange" | "url">>;

/** Clients that write and read continuously. */
export interface Load {
  ledger: Ledger;
  /** Undeclared and wrong responses, in order. */
  violations: string[];
  /** The number of requests sent. */
  requests(): number;
  /** Waits until `writes` writes that start from now on are acknowledged, and returns how long that took, in ms. */
  untilAcknowledged(writes: number): Promise<number>;
  /** Creates another client with the same ledger, which the caller drives. */
  client(options: ClientOptions): ReturnType<typeof createClient>;
  /** Calls the listener for each request of the load from now on. */
  listen(listener: (exchange: Exchange) => void): void;
  /** Lets every client finish its request and wait until `resume`. */
  pause(): Promise<void>;
  resume(): void;
  /** Lets every client finish its request and stop. */
  stop(): Promise<void>;
}

/** Starts clients that create and delete clans, send activity in batches and imports, list and search, and read what they wrote. */
export function startLoad(options: LoadOptions): Load {
  const { url, validate, clients = 8, pauseMs = 5, perSecond } = options;
  const { name: loadName = "load", ledger = new Ledger(), violations = [] } = options;
  const begun: { isAcknowledged: boolean }[] = [];
  let requests = 0;
  let isStopped = false;
  let isPaused = false;
  let waiting = 0;
  const startedAt = performance.now();
  const pause = (step: number) =>
    delay(
      perSecond ? Math.max(0, startedAt + (step * clients * 1_000) / perSecond - performance.now()) : pauseMs,
    );

  const listeners: ((exchange: Exchange) => void)[] = [];
  const clientOf = (options: ClientOptions) =>
    createClient({ url, validate, ledger, reportViolation: (about) => violations.push(about), ...options });

  async function work(number: number): Promise<void> {
    const client = clientOf({
      isRetrying: number % 2 === 0,
      onExchange: (exchange) => listeners.forEach((listener) => void listener(exchange)),
    });
    const clans: Write[] = [];
    let batch: Write | undefined;
    const tracked = async (write: Promise<Write>) => {
      const entry = { isAcknowledged: false };
      begun.push(entry);
      const result = await write;
      entry.isAcknowledged = result.outcome === "acknowledged";
      return result;
    };
    for (let step = 0; !isStopped; step++) {
      const name = `${loadName} ${number} ${step}`;
      requests++;
      if (step % 6 === 0) {
        const clan = await tracked(client.createClan(name));
        if (clan.id) clans.push(clan);
      } else if (step % 6 === 1) batch = await tracked(client.sendBatch(name, 20));
      else if (step % 6 === 2) await client.send({ path: "/clans?region=EU&page_size=20" });
      else if (step % 6 === 3) await client.send({ path: `/clans/search?name=${encodeURIComponent(name)}` });
      else if (step % 12 === 4 && number % 4 < 2) await tracked(client.sendImport(name, 500));
      else if (step % 12 === 5) {
        const clan = clans.shift();
        if (clan) await client.deleteClan(clan);
      } else if (step % 12 === 10 && batch) await client.readHistory(batch);
      else if (step % 12 === 11 && clans[0]) await client.getClan(clans[0]);
      await pause(step + 1);
      waiting++;
      while (isPaused && !isStopped) await delay(5);
      waiting--;
    }
  }
  const working = Array.from({ length: clients }, (_, number) => work(number));
  // Its failure is thrown by `stop`.
  for (const client of working) client.catch(() => {});

  return {
    ledger,
    violations,
    requests: () => requests,
    client: clientOf,
    listen: (listener) => void listeners.push(listener),
    async untilAcknowledged(writes) {
      const [startedAt, first] = [performance.now(), begun.length];
      const areAcknowledged = () =>
        begun.slice(first).filter(({ isAcknowledged }) => isAcknowledged).length >= writes;
      await waitUntil(`${writes} more writes are acknowledged`, areAcknowledged, { seconds: 60, everyMs: 5 });
      return performance.now() - startedAt;
    },
    async pause() {
      isPaused = true;
      await waitUntil("every client waits", () => waiting === clients, { seconds: 90, everyMs: 5 });
    },
    resume() {
      isPaused = false;
    },
    async stop() {
      isStopped = true;
      await Promise.all(working);
    },
  };
}

/** Requests /health/live ten times per second, which must return 200 whatever else is failing. */
export function watchLive(
  url: () => string,
  reportViolation: (about: string) => void,
): { stop(): Promise<void> } {
  let isStopped = false;
  const watching = (async () => {
    while (!isStopped) {
      const status = await sendRequest(url(), { path: "/health/live", seconds: 5 }).then(
        (response) => response.status,
        (error: Error) => error.message,
      );
      if (status !== 200 && !isStopped) reportViolation(`/health/live: ${status}`);
      await delay(100);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await watching;
    },
  };
}
