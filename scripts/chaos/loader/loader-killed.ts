import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { toCsv } from "../../testkit/activity.ts";
import { activityRows, writePart } from "../../testkit/parts.ts";
import { type Experiment, promised } from "../experiment.ts";
import { seeded } from "../rig/seeded.ts";
import { inFolder } from "../rig/under-load.ts";
import { inWarehouse, promiseSame, promiseWhole, type Tables, tablesOf } from "./tables.ts";
import { startWatched } from "./watched-script.ts";

const kills = 20;
const days = ["2024-03-01", "2024-03-02", "2024-03-03"];

export const loaderKilled: Experiment = {
  name: "loader-killed",
  promise:
    "A load that is killed at any moment has loaded whole parts or nothing of them, and run again it ends in the same tables.",
  trial: `\`kill -9\` of \`npm run load-raw\` with five parts (corrections and bad lines among them) at ${kills} random moments: one half spread over its whole run, the other right when DuckDB writes its log; after every second one it runs to its end.`,
  protection:
    "Without `begin transaction` and `commit` in warehouse/engines/duckdb/load.ts, a kill between two writes left 3,000 rows of a part in raw that was not noted as loaded.",
  run: () =>
    seeded((random) =>
      inFolder(async (folder) => {
        const parts = writeParts(folder);
        let ms = await loadToEnd(folder, "whole", parts);
        const whole = await look(folder, "whole");
        const loadedBefore = new Set<number>();
        let killed = 0;
        for (let attempt = 0; killed < kills; attempt++) {
          promised(attempt < 2 * kills, `only ${killed} of ${attempt} kills came before its end`);
          const data = `killed-${Math.floor(killed / 2)}`;
          const moment: Moment =
            killed % 2 === 0
              ? { writes: 0, thenMs: ((killed + 2 * random.fraction()) / kills) * ms }
              : { writes: 1 + random.below(12), thenMs: random.below(12) };
          const when = `killed ${moment.thenMs.toFixed(0)} ms after ${moment.writes} writes`;
          const isKilled = await loadAndKill(folder, data, parts, moment);
          const tables = await look(folder, data);
          promiseWhole(tables, when);
          if (isKilled) {
            loadedBefore.add(tables.parts.length);
            killed++;
          }
          // The machine is less busy than it was; what is loaded to its end can't be killed any more.
          else ms *= 0.8;
          if (isKilled && killed % 2 === 1) continue;
          await loadToEnd(folder, data, parts);
          promiseSame(await look(folder, data), whole, `${when}, and run to the end`);
          const left = readdirSync(join(folder, data, "warehouse")).filter((name) =>
            name.startsWith("work-"),
          );
          promised(left.length === 0, `${left} is left behind`);
          rmSync(join(folder, data), { recursive: true });
        }
        return {
          saw: `${kills} kills found ${[...loadedBefore].toSorted().join(", ")} of ${parts.length} parts loaded; ${whole.raw.length.toLocaleString("en")} rows and ${whole.rejected.length} rejected lines in the end, as without kills`,
        };
      }),
    ),
};

/** Five parts, of which the last two correct rows of the others, and one has bad lines. */
function writeParts(folder: string): string[] {
  const rows = activityRows(3_000, days);
  const third = rows.length / 3;
  const corrected = rows.filter((_, n) => n % 3 === 0).map((row) => ({ ...row, iap_revenue: 9.5 }));
  const bad = `${toCsv(corrected.slice(0, 500))}"open\n${"no row\n".repeat(2_000)}`;
  return [rows.slice(0, third), rows.slice(third, 2 * third), rows.slice(2 * third), corrected, bad].map(
    (content, n) => writePart(folder, `${n}.csv${n % 2 ? "" : ".gz"}`, content),
  );
}

/** So long after DuckDB's log was written so often; for none, after the command touched its first file. */
interface Moment {
  writes: number;
  thenMs: number;
}

const startLoad = (folder: string, data: string, parts: string[]) =>
  startWatched("commands/load-raw.ts", parts, join(folder, data));

/** Runs the command and kills it at a moment; false when it came to its end before. */
async function loadAndKill(folder: string, data: string, parts: string[], { writes, thenMs }: Moment) {
  const script = startLoad(folder, data, parts);
  const kill = () => setTimeout(() => script.kill("SIGKILL"), thenMs);
  let seen = 0;
  if (writes === 0) void script.hasBegun.then(kill);
  else
    script.watcher.on("change", (_, name) => {
      if (String(name).endsWith(".wal") && ++seen === writes) kill();
    });
  const { code, output } = await script.ended;
  promised(code === null || code === 0, `run again after a kill, it ended with ${code}: ${output}`);
  return code === null;
}

/** Runs the command to its end; how long that took since it began is in ms. */
async function loadToEnd(folder: string, data: string, parts: string[]): Promise<number> {
  const { hasBegun, ended } = startLoad(folder, data, parts);
  await hasBegun;
  const begunAt = performance.now();
  const { code, output } = await ended;
  promised(code === 0, `it ended with ${code}: ${output}`);
  return performance.now() - begunAt;
}

async function look(folder: string, data: string): Promise<Tables> {
  const path = join(folder, data, "warehouse", "warehouse.duckdb");
  // Killed before it made anything.
  if (!existsSync(path)) return { raw: [], rejected: [], parts: [] };
  return inWarehouse(path, tablesOf);
}
