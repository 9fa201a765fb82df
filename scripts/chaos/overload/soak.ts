import { readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { residentMegabytes } from "../../bench/resident-memory.ts";
import { type Experiment, NotHere, promised } from "../experiment.ts";
import { type Load, type LoadOptions, startLoad } from "../rig/load.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";
import { slopePerMinute } from "./slope.ts";

const minutes = 10;
// What is compiled, cached and pooled is there by then.
const settledAfter = 4;
const megabytesAMinute = 1;
const handlesAMinute = 0.5;

export const soak: Experiment = {
  name: "soak",
  promise: "The service's memory and open handles don't grow with the time it runs.",
  trial: `${minutes} minutes of all kinds of requests, at half the rate that the same clients reach without pauses.`,
  protection: "Without `running.delete(reply)` in `service/src/serve.ts`, memory grew by 244 MB a minute.",
  isLong: true,
  run: () =>
    underLoad(
      async (rig) => {
        if (process.platform !== "linux") throw new NotHere("it reads /proc, which Linux alone has");
        const perSecond = await bestRate(rig);
        const load = startClients(rig, { name: "soak", perSecond: perSecond / 2 });
        const samples = await sample(rig.service.pid, load);
        await load.stop();

        const settled = samples.filter(({ minute }) => minute >= settledAfter);
        const memory = slopePerMinute(settled.map(({ minute, megabytes }) => [minute, megabytes]));
        const handles = slopePerMinute(settled.map(({ minute, handles }) => [minute, handles]));
        const last = samples.at(-1);
        const told =
          `memory ${last?.megabytes.toFixed(0)} MB (${memory.toFixed(2)} MB a minute from minute ${settledAfter} on), ` +
          `${last?.handles} handles (${handles.toFixed(2)} a minute), ${Math.round(perSecond / 2)} requests a second`;
        promised(memory <= megabytesAMinute, told);
        promised(handles <= handlesAMinute, told);
        return told;
      },
      { clients: 1 },
    ),
};

/** More clients, whose writes and complaints go to the rig's. */
function startClients(
  { service, declared, load }: Rig,
  pace: Pick<LoadOptions, "name" | "pauseMs" | "perSecond">,
) {
  const { ledger, complaints } = load;
  return startLoad({ url: () => service.url, declared, ledger, complaints, clients: 8, ...pace });
}

/** Requests a second of clients that make no pause. */
async function bestRate(rig: Rig): Promise<number> {
  const seconds = 10;
  const load = startClients(rig, { name: "best", pauseMs: 0 });
  await delay(seconds * 1_000);
  await load.stop();
  return load.requests() / seconds;
}

async function sample(pid: number, load: Load) {
  const samples: { minute: number; megabytes: number; handles: number }[] = [];
  const startedAt = performance.now();
  for (let minute = 0; minute < minutes; minute = (performance.now() - startedAt) / 60_000) {
    promised(load.complaints.length === 0, load.complaints.slice(0, 3).join("; "));
    const handles = readdirSync(`/proc/${pid}/fd`).length;
    samples.push({ minute, megabytes: residentMegabytes(pid), handles });
    await delay(2_000);
  }
  return samples;
}
