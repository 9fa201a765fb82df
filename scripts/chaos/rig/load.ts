import { setTimeout as delay } from "node:timers/promises";
import { ask } from "./ask.ts";
import { type Client, createClient } from "./client.ts";
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
}

/** Clients that write and read all the time. */
export interface Load {
  ledger: Ledger;
  /** What was not as it must be, in the order it was seen. */
  complaints: string[];
  /** Waits until so many more writes are acknowledged, of those that begin from now on; how long that took is in ms. */
  untilAcknowledged(writes: number): Promise<number>;
  /** Lets every client end what it has begun. */
  stop(): Promise<void>;
}

/** Starts clients that create and delete clans, deliver activity in batches and in bulk, list and search. */
export function startLoad({ url, declared, clients = 8, pauseMs = 5 }: LoadOptions): Load {
  const ledger = new Ledger();
  const complaints: string[] = [];
  const begun: { at: number; isAcknowledged: boolean }[] = [];
  let isStopped = false;

  async function work(number: number): Promise<void> {
    const options: Client = {
      url,
      declared,
      ledger,
      complain: (about) => complaints.push(about),
      isPatient: number % 2 === 0,
    };
    const client = createClient(options);
    const clans: Write[] = [];
    const noted = async (write: Promise<Write>) => {
      const entry = { at: performance.now(), isAcknowledged: false };
      begun.push(entry);
      const told = await write;
      entry.isAcknowledged = told.outcome === "acknowledged";
      return told;
    };
    for (let step = 0; !isStopped; step++) {
      const name = `load ${number} ${step}`;
      if (step % 6 === 0) {
        const clan = await noted(client.createClan(name));
        if (clan.id) clans.push(clan);
      } else if (step % 6 === 1) await noted(client.sendBatch(name, 20));
      else if (step % 6 === 2) await client.hear({ path: "/clans?region=EU&page_size=20" });
      else if (step % 6 === 3) await client.hear({ path: `/clans/search?name=${encodeURIComponent(name)}` });
      else if (step % 12 === 4 && number % 4 < 2) await noted(client.sendImport(name, 500));
      else if (step % 12 === 5) {
        const clan = clans.shift();
        if (clan) await client.deleteClan(clan);
      }
      await delay(pauseMs);
    }
  }
  const working = Array.from({ length: clients }, (_, number) => work(number));
  // Heard at the end; until then its failure is nobody's.
  for (const client of working) client.catch(() => {});

  return {
    ledger,
    complaints,
    async untilAcknowledged(writes) {
      const from = performance.now();
      const isNew = ({ at, isAcknowledged }: (typeof begun)[number]) => at >= from && isAcknowledged;
      await until(`${writes} more writes are acknowledged`, () => begun.filter(isNew).length >= writes, {
        seconds: 60,
        everyMs: 5,
      });
      return performance.now() - from;
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
