import { setTimeout as delay } from "node:timers/promises";
import { ask } from "./ask.ts";
import { type Client, createClient, type Heard } from "./client.ts";
import type { Declared } from "./declared.ts";
import { Ledger, type Write } from "./ledger.ts";
import { until } from "./until.ts";

export interface LoadOptions {
  /** Where the service listens now; it may change on the way. */
  url: () => string;
  declared: Declared;
  /** Default: 8, of which every second one is patient. */
  clients?: number;
  /** Between two requests of a client, in ms; default: 5. */
  pauseMs?: number;
  /** Of all clients together; instead of a pause. */
  perSecond?: number;
  /** What its writes are named after: another one for each load on a platform. Default: load. */
  name?: string;
  /** Default: ones of its own. */
  ledger?: Ledger;
  complaints?: string[];
}

export type ClientOptions = Pick<Client, "isPatient"> & Partial<Pick<Client, "agent" | "onHeard" | "url">>;

/** Clients that write and read all the time. */
export interface Load {
  ledger: Ledger;
  /** What was not as it must be, in the order it was seen. */
  complaints: string[];
  /** How many were sent. */
  requests(): number;
  /** Waits until so many more writes are acknowledged, of those that begin from now on; how long that took is in ms. */
  untilAcknowledged(writes: number): Promise<number>;
  /** Another client of the same ledger, whose work is somebody else's. */
  client(options: ClientOptions): ReturnType<typeof createClient>;
  /** Sees what came of each request of the load, from now on. */
  listen(listener: (heard: Heard) => void): void;
  /** Lets every client end what it has begun, and wait until `resume`. */
  pause(): Promise<void>;
  resume(): void;
  /** Lets every client end what it has begun, and no more. */
  stop(): Promise<void>;
}

/** Starts clients that create and delete clans, deliver activity in batches and in bulk, list and search, and read what they wrote. */
export function startLoad(options: LoadOptions): Load {
  const { url, declared, clients = 8, pauseMs = 5, perSecond } = options;
  const { name: loadName = "load", ledger = new Ledger(), complaints = [] } = options;
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

  const listeners: ((heard: Heard) => void)[] = [];
  const clientOf = (options: ClientOptions) =>
    createClient({ url, declared, ledger, complain: (about) => complaints.push(about), ...options });

  async function work(number: number): Promise<void> {
    const client = clientOf({
      isPatient: number % 2 === 0,
      onHeard: (heard) => listeners.forEach((listener) => void listener(heard)),
    });
    const clans: Write[] = [];
    let batch: Write | undefined;
    const noted = async (write: Promise<Write>) => {
      const entry = { isAcknowledged: false };
      begun.push(entry);
      const told = await write;
      entry.isAcknowledged = told.outcome === "acknowledged";
      return told;
    };
    for (let step = 0; !isStopped; step++) {
      const name = `${loadName} ${number} ${step}`;
      requests++;
      if (step % 6 === 0) {
        const clan = await noted(client.createClan(name));
        if (clan.id) clans.push(clan);
      } else if (step % 6 === 1) batch = await noted(client.sendBatch(name, 20));
      else if (step % 6 === 2) await client.hear({ path: "/clans?region=EU&page_size=20" });
      else if (step % 6 === 3) await client.hear({ path: `/clans/search?name=${encodeURIComponent(name)}` });
      else if (step % 12 === 4 && number % 4 < 2) await noted(client.sendImport(name, 500));
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
  // Heard at the end; until then its failure is nobody's.
  for (const client of working) client.catch(() => {});

  return {
    ledger,
    complaints,
    requests: () => requests,
    client: clientOf,
    listen: (listener) => void listeners.push(listener),
    async untilAcknowledged(writes) {
      const [startedAt, first] = [performance.now(), begun.length];
      const areThere = () =>
        begun.slice(first).filter(({ isAcknowledged }) => isAcknowledged).length >= writes;
      await until(`${writes} more writes are acknowledged`, areThere, { seconds: 60, everyMs: 5 });
      return performance.now() - startedAt;
    },
    async pause() {
      isPaused = true;
      await until("every client waits", () => waiting === clients, { seconds: 90, everyMs: 5 });
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

/** Asks /health/live ten times a second, which has to answer 200 whatever else is the matter. */
export function watchLive(url: () => string, complain: (about: string) => void): { stop(): Promise<void> } {
  let isStopped = false;
  const watching = (async () => {
    while (!isStopped) {
      const status = await ask(url(), { path: "/health/live", seconds: 5 }).then(
        (answer) => answer.status,
        (error: Error) => error.message,
      );
      if (status !== 200 && !isStopped) complain(`/health/live: ${status}`);
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
