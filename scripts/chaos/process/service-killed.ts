import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, promised } from "../experiment.ts";
import type { createClient } from "../rig/client.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";

type Client = ReturnType<typeof createClient>;

interface Kind {
  what: string;
  write(client: Client, name: string): Promise<unknown>;
  /** How long one may take at most, in ms, so that a kill meets it anywhere. */
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
  promise:
    "When the service is killed, whatever it was doing is there whole or not at all, and who sends it again with its key gets it done once.",
  trial: `\`kill -9\` of the service at ${killsOfEach} random moments each amid single writes, batches and imports, and its start a moment later.`,
  protection:
    "With `work(database)` in the place of `work(tx)` in `answerOnce` (service/src/idempotency/idempotency.ts), so that effect and answer were two transactions, clients that sent a clan again with its key were told 409 CLAN_NAME_TAKEN: their own.",
  run: () => underLoad(killAmidEach, { mayEnd: true, environment: { POOL_MAX: "12" } }),
};

async function killAmidEach(rig: Rig): Promise<string> {
  let running = rig.service;
  let replayed = 0;
  let slowest = 0;
  const cutOf = new Map(kinds.map(({ what }) => [what, 0]));
  for (const kind of kinds) {
    for (let kill = 1; kill <= killsOfEach; kill++) {
      let cut = 0;
      const busy = keepBusy(rig, kind, kill, {
        onCut: () => cut++,
        onReplay: () => replayed++,
      });
      await rig.load.untilAcknowledged(5);
      await delay(Math.random() * kind.ms);
      await running.end("SIGKILL");
      const isOver = busy.stop();
      running = await rig.restartService();
      slowest = Math.max(slowest, await rig.load.untilAcknowledged(1));
      await isOver;
      cutOf.set(kind.what, (cutOf.get(kind.what) ?? 0) + cut);
    }
  }
  for (const [what, cut] of cutOf) promised(cut > 0, `no kill met ${what}`);
  const cuts = [...cutOf].map(([what, cut]) => `${cut} ${what}`).join(", ");
  return `${kinds.length * killsOfEach} kills cut ${cuts}, of which ${replayed} had been done; serving within ${Math.round(slowest)} ms of each start`;
}

/** Clients that write one kind all the time, every second one with keys. */
function keepBusy(
  { load }: Rig,
  { what, write }: Kind,
  kill: number,
  { onCut, onReplay }: { onCut(): void; onReplay(): void },
): { stop(): Promise<unknown> } {
  let isStopped = false;
  const working = Array.from({ length: clients }, async (_, number) => {
    const client = load.client({
      isPatient: number % 2 === 0,
      onHeard: ({ answer, fault }) => {
        if (fault?.wasSent) onCut();
        if (answer?.headers["idempotency-replayed"]) onReplay();
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
