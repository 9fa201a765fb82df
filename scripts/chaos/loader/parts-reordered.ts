import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadParts } from "@clan-platform/warehouse/loading/load-parts.ts";
import { toCsv } from "../../testkit/activity.ts";
import { activityRows, writePart } from "../../testkit/parts.ts";
import type { SeededRandom } from "../../testkit/seeded-random.ts";
import { type Experiment, promised } from "../experiment.ts";
import { startScript } from "../rig/script.ts";
import { seeded } from "../rig/seeded.ts";
import { inFolder } from "../rig/under-load.ts";
import {
  inMemory,
  inWarehouse,
  keyOf,
  promiseSameRows,
  promiseWhole,
  type Tables,
  tablesOf,
} from "./tables.ts";

type Activity = Record<string, unknown>;

const deliveries = 12;
const rows = activityRows(400, ["2024-03-01", "2024-03-02", "2024-03-03"]);

export const partsReordered: Experiment = {
  name: "parts-reordered",
  promise:
    "Parts may be cut anyhow, come in any order, again and under other names: the same rows give the same table, and of rows with one key the last one of the last new part stays.",
  trial: `${deliveries} times, the same rows are shuffled, cut into parts at random places, packed or not, some rows and whole files repeated, and loaded in several runs; then corrections in an order of their own; once by three commands at the same time.`,
  protection:
    "Without `if (before) return before` in warehouse/engines/duckdb/load.ts, a part that came again under another name was noted as loaded twice.",
  run: () =>
    seeded((random) =>
      inFolder(async (folder) => {
        const expected = await inMemory(async (warehouse) => {
          await loadParts(warehouse, [writePart(folder, "all.csv", rows)], folder);
          return tablesOf(warehouse);
        });
        let parts = 0;
        let corrections = 0;
        for (let n = 0; n < deliveries; n++) {
          const delivered = deliver(folder, random);
          parts += delivered.length;
          corrections += await inMemory(async (warehouse) => {
            for (const run of inRuns(delivered, random)) await loadParts(warehouse, run, folder);
            const tables = await tablesOf(warehouse);
            promiseWhole(tables, `delivery ${n}`);
            promiseSameRows(tables, expected, "raw", `delivery ${n}`);
            return correct(warehouse, folder, random);
          });
        }
        const delivered = deliver(folder, random);
        await promiseAtOnce(folder, delivered, expected, random);
        return {
          saw: `${parts} parts of the same ${rows.length.toLocaleString("en")} rows, ${corrections} corrections, and ${delivered.length} parts by three commands at once`,
        };
      }),
    ),
};

let fileNumber = 0;

/** Writes all rows in some parts, of which some have rows in common, and some are the same file under another name. */
function deliver(folder: string, random: SeededRandom): string[] {
  const mixed = random.shuffled(rows);
  const cuts = Array.from({ length: 1 + random.below(5) }, () => random.below(mixed.length)).toSorted(
    (a, b) => a - b,
  );
  const pieces = [0, ...cuts].map((from, n) =>
    mixed.slice(from, (cuts[n] ?? mixed.length) + random.below(30)),
  );
  const paths = pieces.map((piece) => write(folder, piece, random));
  const copies = paths.filter(() => random.chance(0.4)).map((path) => copy(folder, path));
  return random.shuffled([...paths, ...copies]);
}

function write(folder: string, piece: Activity[], random: SeededRandom): string {
  const name = join(folder, `${fileNumber++}.csv`);
  if (random.chance(0.5)) return writePart(folder, `${fileNumber++}.csv`, piece);
  const text = toCsv(piece);
  const cut = random.below(text.length);
  // Several members, as packers make it that work with several threads.
  writeFileSync(`${name}.gz`, Buffer.concat([gzipSync(text.slice(0, cut)), gzipSync(text.slice(cut))]));
  return `${name}.gz`;
}

function copy(folder: string, path: string): string {
  const copied = join(folder, `copy-${fileNumber++}${path.endsWith(".gz") ? ".csv.gz" : ".csv"}`);
  writeFileSync(copied, readFileSync(path));
  return copied;
}

/** Cuts a delivery into runs of the loader, after the last of which all is loaded. */
function inRuns(paths: string[], random: SeededRandom): string[][] {
  const some = paths.filter(() => random.chance(0.5));
  return [some, random.shuffled(paths), paths.filter(() => random.chance(0.3))].filter(
    (run) => run.length > 0,
  );
}

/** Loads corrections of a few keys in many small parts, some of them again, and reckons what has to stay. */
async function correct(
  warehouse: Parameters<typeof loadParts>[0],
  folder: string,
  random: SeededRandom,
): Promise<number> {
  const versions = Array.from({ length: 6 }, () =>
    Array.from({ length: 1 + random.below(8) }, () => ({
      ...rows[random.below(6)],
      iap_revenue: random.below(1_000),
    })),
  );
  const files = versions.map((version) => ({ version, path: write(folder, version, random) }));
  const again = files
    .filter(() => random.chance(0.5))
    .map(({ version, path }) => ({ version, path: copy(folder, path) }));
  // Each in a run of its own or together: the order alone counts.
  const order = random.shuffled([...files, ...again]);
  await loadParts(
    warehouse,
    order.slice(0, 4).map(({ path }) => path),
    folder,
  );
  await loadParts(
    warehouse,
    order.slice(4).map(({ path }) => path),
    folder,
  );

  const stays = new Map<string, unknown>();
  for (const version of new Set(order.map(({ version }) => version))) {
    for (const row of version) stays.set(keyOf(row), String(row.iap_revenue));
  }
  const tables = await tablesOf(warehouse);
  promiseWhole(tables, "corrections");
  promised(tables.raw.length === rows.length, `corrections made ${tables.raw.length} of ${rows.length} rows`);
  for (const row of tables.raw.filter((row) => stays.has(keyOf(row)))) {
    const should = stays.get(keyOf(row));
    promised(
      row.iap_revenue === should,
      `${keyOf(row)} has ${row.iap_revenue}, and the last new part has ${should}`,
    );
  }
  return order.length;
}

/** Three commands at once load all parts, each in an order of its own. */
async function promiseAtOnce(
  folder: string,
  paths: string[],
  expected: Tables,
  random: SeededRandom,
): Promise<void> {
  const data = join(folder, "at-once");
  const scripts = [1, 2, 3].map(() =>
    startScript("commands/load-raw.ts", random.shuffled(paths), { DATA_DIR: data }),
  );
  for (const { code, output } of await Promise.all(scripts.map(({ ended }) => ended))) {
    promised(code === 0, `one of three at once ended with ${code}: ${output}`);
  }
  const tables = await inWarehouse(join(data, "warehouse", "warehouse.duckdb"), tablesOf);
  promiseWhole(tables, "three at once");
  promiseSameRows(tables, expected, "raw", "three at once");
}
