import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, expectThat } from "../experiment.ts";
import type { createClient } from "../harness/load-client.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

type Client = ReturnType<typeof createClient>;

interface Kind {
  what: string;
  write(client: Client, name: string): Promise<unknown>;
  /** Its maximum duration in ms, so that the kill can come at any point of it. */
  ms: number;
}

const kinds: Kind[] = [
  { what: "single writes", write: (client, name) => client.createClan(name), ms: 30 },
  { what: "batches", write: (client, name) => client.sendBatch(name, 500), ms: 100 },
  {
    what: "imports",
    write: (client, name) => client.sendImport(name, 2_500),
    ms: 400,
  },
];
const killsOfEach = 3;
const clients = 4;

export const serviceKilled: Experiment = {
  name: "service-killed",
  guarantee:
    "When the service is killed, each write in progress is stored completely or not at all, and retrying it with its key stores it once.",
  method: `\`kill -9\` of the service at ${killsOfEach} random moments each during single writes, batches and imports, and a restart right after.`,
  mutation:
    "With `work(pool)` instead of `work(tx)` in `answerOnce` (service/src/idempotency/idempotency.ts), so that the write and its stored response were two transactions, clients that retried a clan with its key got 409 CLAN_NAME_TAKEN about their own clan.",
  run: () => underLoad(killDuringEach, { mayExit: true, environment: { POOL_MAX: "12" } }),
};

async function killDuringEach(harness: Harness): Promise<string> {
  let running = harness.service;
  let replayed = 0;
  let slowest = 0;
  const cutOf = new Map(kinds.map(({ what }) => [what, 0]));
  for (const kind of kinds) {
    for (let kill = 1; kill <= killsOfEach; kill++) {
      let cut = 0;
      const busy = keepBusy(harness, kind, kill, {
        onCut: () => cut++,
        onReplay: () => replayed++,
      });
      await harness.load.untilAcknowledged(5);
      await delay(Math.random() * kind.ms);
      await running.end("SIGKILL");
      const isOver = busy.stop();
      running = await harness.restartService();
      slowest = Math.max(slowest, await harness.load.untilAcknowledged(1));
      await isOver;
      cutOf.set(kind.what, (cutOf.get(kind.what) ?? 0) + cut);
    }
  }
  for (const [what, cut] of cutOf) expectThat(cut > 0, `no kill interrupted ${what}`);
  const cuts = [...cutOf].map(([what, cut]) => `${cut} ${what}`).join(", ");
  return `${kinds.length * killsOfEach} kills interrupted ${cuts}, of which ${replayed} had been committed; serving within ${Math.round(slowest)} ms of each start`;
}

/** Clients that continuously write one kind, every second one with keys. */
function keepBusy(
  { load }: Harness,
  { what, write }: Kind,
  kill: number,
  { onCut, onReplay }: { onCut(): void; onReplay(): void },
): { stop(): Promise<unknown> } {
  let isStopped = false;
  const working = Array.from({ length: clients }, async (_, number) => {
    const client = load.client({
      isRetrying: number % 2 === 0,
      onExchange: ({ response, error }) => {
        if (error?.wasSent) onCut();
        if (response?.headers["idempotency-replayed"]) onReplay();
      },
    });
    for (let step = 0; !isStopped; step++) await write(client, `${what} ${kill} ${number} ${step}`);
  });
  const all = Promise.all(working);
  all.catch(() => {});
  return {
    stop() {
      isStopped = true;
      return all;
    },
  };
}
