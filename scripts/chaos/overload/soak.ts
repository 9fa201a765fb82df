import { readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { residentMegabytes } from "../../bench/resident-memory.ts";
import { type Experiment, expectThat, Unsupported } from "../experiment.ts";
import { type Load, type LoadOptions, startLoad } from "../harness/load.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";
import { slopePerMinute } from "./slope.ts";

const minutes = 10;
// Code is compiled, caches and pools are filled by then.
const settledAfter = 4;
const megabytesPerMinute = 1;
const handlesPerMinute = 0.5;

export const soak: Experiment = {
  name: "soak",
  guarantee: "The service's memory and open handles don't grow over time.",
  method: `${minutes} minutes of mixed requests, at half of the maximum rate of the same clients.`,
  mutation: "Without `running.delete(reply)` in `service/src/serve.ts`, memory grew by 244 MB per minute.",
  isLong: true,
  run: () =>
    underLoad(
      async (harness) => {
        if (process.platform !== "linux") throw new Unsupported("it needs /proc, which only Linux has");
        const perSecond = await bestRate(harness);
        const load = startClients(harness, { name: "soak", perSecond: perSecond / 2 });
        const samples = await sample(harness.service.pid, load);
        await load.stop();

        const settled = samples.filter(({ minute }) => minute >= settledAfter);
        const memory = slopePerMinute(settled.map(({ minute, megabytes }) => [minute, megabytes]));
        const handles = slopePerMinute(settled.map(({ minute, handles }) => [minute, handles]));
        const last = samples.at(-1);
        const summary =
          `memory ${last?.megabytes.toFixed(0)} MB (${memory.toFixed(2)} MB per minute from minute ${settledAfter} on), ` +
          `${last?.handles} handles (${handles.toFixed(2)} per minute), ${Math.round(perSecond / 2)} requests per second`;
        expectThat(memory <= megabytesPerMinute, summary);
        expectThat(handles <= handlesPerMinute, summary);
        return summary;
      },
      { clients: 1 },
    ),
};

/** Starts more clients with the harness's ledger and violations. */
function startClients(
  { service, validate, load }: Harness,
  pace: Pick<LoadOptions, "name" | "pauseMs" | "perSecond">,
) {
  const { ledger, violations } = load;
  return startLoad({ url: () => service.url, validate, ledger, violations, clients: 8, ...pace });
}

/** Requests per second of clients without pauses. */
async function bestRate(harness: Harness): Promise<number> {
  const seconds = 10;
  const load = startClients(harness, { name: "best", pauseMs: 0 });
  await delay(seconds * 1_000);
  await load.stop();
  return load.requests() / seconds;
}

async function sample(pid: number, load: Load) {
  const samples: { minute: number; megabytes: number; handles: number }[] = [];
  const startedAt = performance.now();
  for (let minute = 0; minute < minutes; minute = (performance.now() - startedAt) / 60_000) {
    expectThat(load.violations.length === 0, load.violations.slice(0, 3).join("; "));
    const handles = readdirSync(`/proc/${pid}/fd`).length;
    samples.push({ minute, megabytes: residentMegabytes(pid), handles });
    await delay(2_000);
  }
  return samples;
}
