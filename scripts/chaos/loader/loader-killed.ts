import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { toCsv } from "../../testkit/activity.ts";
import { activityRows, writePart } from "../../testkit/parts.ts";
import { inTemporaryFolder } from "../../testkit/temporary-folder.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { hasCompleted } from "../harness/command.ts";
import { withSeed } from "../harness/with-seed.ts";
import { expectConsistent, expectSameTables, inWarehouse, type Tables, tablesOf } from "./tables.ts";
import { startWatchedCommand } from "./watched-command.ts";

const kills = 20;
const days = ["2024-03-01", "2024-03-02", "2024-03-03"];

export const loaderKilled: Experiment = {
  name: "loader-killed",
  guarantee:
    "A load that is killed at any moment has loaded each part completely or not at all; when it is run again, the tables are the same as without the kill.",
  method: `\`kill -9\` of \`npm run load-raw\` with five parts (with corrections and invalid lines) at ${kills} random moments: half of them spread over its whole run, half of them while DuckDB writes its WAL; after every second kill it runs to completion.`,
  mutation:
    "Without `begin transaction` and `commit` in warehouse/engines/duckdb/load.ts, a kill between two writes left 3,000 rows of a part in raw that was not recorded as loaded.",
  run: () =>
    withSeed((random) =>
      inTemporaryFolder(async (folder) => {
        const parts = writeParts(folder);
        let ms = await loadToEnd(folder, "whole", parts);
        const whole = await look(folder, "whole");
        const loadedBefore = new Set<number>();
        let killed = 0;
        for (let attempt = 0; killed < kills; attempt++) {
          expectThat(attempt < 2 * kills, `only ${killed} of ${attempt} kills came before its completion`);
          const data = `killed-${Math.floor(killed / 2)}`;
          const moment: Moment =
            killed % 2 === 0
              ? { writes: 0, thenMs: ((killed + 2 * random.fraction()) / kills) * ms }
              : { writes: 1 + random.below(12), thenMs: random.below(12) };
          const when = `killed ${moment.thenMs.toFixed(0)} ms after ${moment.writes} writes`;
          const isKilled = await loadAndKill(folder, data, parts, moment);
          const tables = await look(folder, data);
          expectConsistent(tables, when);
          if (isKilled) {
            loadedBefore.add(tables.parts.length);
            killed++;
          }
          // It completed before the kill: the machine has become faster.
          else ms *= 0.8;
          if (isKilled && killed % 2 === 1) continue;
          await loadToEnd(folder, data, parts);
          expectSameTables(await look(folder, data), whole, `${when}, and run to completion`);
          const left = readdirSync(join(folder, data, "warehouse")).filter((name) =>
            name.startsWith("work-"),
          );
          expectThat(left.length === 0, `${left} was not removed`);
          rmSync(join(folder, data), { recursive: true });
        }
        return {
          summary: `${kills} kills found ${[...loadedBefore].toSorted().join(", ")} of ${parts.length} parts loaded; ${whole.raw.length.toLocaleString("en")} rows and ${whole.rejected.length} rejected lines at the end, as without kills`,
        };
      }),
    ),
};

/** Five parts, of which the last two correct rows of the others, and one has invalid lines, fewer than would refuse it as a whole. */
function writeParts(folder: string): string[] {
  const rows = activityRows(3_000, days);
  const third = rows.length / 3;
  const corrected = rows.filter((_, n) => n % 3 === 0).map((row) => ({ ...row, iap_revenue: 9.5 }));
  const bad = `${toCsv(corrected.slice(0, 500))}"open\n${"no row\n".repeat(400)}`;
  return [rows.slice(0, third), rows.slice(third, 2 * third), rows.slice(2 * third), corrected, bad].map(
    (content, n) => writePart(folder, `${n}.csv${n % 2 ? "" : ".gz"}`, content),
  );
}

/** A time after DuckDB has written its WAL so many times; for 0, after the command has touched its first file. */
interface Moment {
  writes: number;
  thenMs: number;
}

const startLoad = (folder: string, data: string, parts: string[]) =>
  startWatchedCommand("load-raw", parts, join(folder, data));

/** Runs the command and kills it at a moment; false when it completed before. */
async function loadAndKill(folder: string, data: string, parts: string[], { writes, thenMs }: Moment) {
  const script = startLoad(folder, data, parts);
  const kill = () => setTimeout(() => script.kill("SIGKILL"), thenMs);
  let observed = 0;
  if (writes === 0) void script.hasBegun.then(kill);
  else
    script.watcher.on("change", (_, name) => {
      if (String(name).endsWith(".wal") && ++observed === writes) kill();
    });
  const { code, output } = await script.ended;
  expectThat(
    code === null || hasCompleted(code),
    `a run after a kill ended with exit code ${code}: ${output}`,
  );
  return code === null;
}

/** Runs the command to completion, and returns how long that took since it touched its first file, in ms. */
async function loadToEnd(folder: string, data: string, parts: string[]): Promise<number> {
  const { hasBegun, ended } = startLoad(folder, data, parts);
  await hasBegun;
  const begunAt = performance.now();
  const { code, output } = await ended;
  expectThat(hasCompleted(code), `it ended with exit code ${code}: ${output}`);
  return performance.now() - begunAt;
}

async function look(folder: string, data: string): Promise<Tables> {
  const path = join(folder, data, "warehouse", "warehouse.duckdb");
  // Killed before it created anything.
  if (!existsSync(path)) return { raw: [], rejected: [], parts: [] };
  return inWarehouse(path, tablesOf);
}
