import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadRawFiles } from "@clan-platform/warehouse/loading/load-raw-files.ts";
import { toCsv } from "../../testkit/activity.ts";
import { activityRows, writePart } from "../../testkit/parts.ts";
import type { SeededRandom } from "../../testkit/seeded-random.ts";
import { inTemporaryFolder } from "../../testkit/temporary-folder.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { hasCompleted, startCommand } from "../harness/command.ts";
import { withSeed } from "../harness/with-seed.ts";
import {
  expectConsistent,
  expectSameRows,
  inMemory,
  inWarehouse,
  keyOf,
  type Tables,
  tablesOf,
} from "./tables.ts";

type Activity = Record<string, unknown>;

const deliveries = 12;
const rows = activityRows(400, ["2024-03-01", "2024-03-02", "2024-03-03"]);

export const partsReordered: Experiment = {
  name: "parts-reordered",
  guarantee:
    "However rows are split into parts, and in whatever order, repetition and under whatever names the parts are loaded, the same rows give the same table; of several rows with one key, the last one of the last new part is kept.",
  method: `${deliveries} times, the same rows are shuffled, split into parts at random places, compressed or not, with some rows and whole files repeated, and loaded in several runs, followed by corrections in random order; once by three concurrent commands.`,
  mutation:
    "Without `if (before) return before` in warehouse/engines/duckdb/load.ts, a part that was loaded again under another name was recorded as loaded twice.",
  run: () =>
    withSeed((random) =>
      inTemporaryFolder(async (folder) => {
        const expected = await inMemory(async (warehouse) => {
          await loadRawFiles(warehouse, [writePart(folder, "all.csv", rows)], folder);
          return tablesOf(warehouse);
        });
        let parts = 0;
        let corrections = 0;
        for (let n = 0; n < deliveries; n++) {
          const delivered = deliver(folder, random);
          parts += delivered.length;
          corrections += await inMemory(async (warehouse) => {
            for (const run of inRuns(delivered, random)) await loadRawFiles(warehouse, run, folder);
            const tables = await tablesOf(warehouse);
            expectConsistent(tables, `delivery ${n}`);
            expectSameRows(tables, expected, "raw", `delivery ${n}`);
            return correct(warehouse, folder, random);
          });
        }
        const delivered = deliver(folder, random);
        await expectConcurrentLoads(folder, delivered, expected, random);
        return {
          summary: `${parts} parts of the same ${rows.length.toLocaleString("en")} rows, ${corrections} corrections, and ${delivered.length} parts by three concurrent commands`,
        };
      }),
    ),
};

let fileNumber = 0;

/** Writes all rows as several parts, some with rows in common, some the same file under another name. */
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
  // Several gzip members, as multi-threaded compressors write them.
  writeFileSync(`${name}.gz`, Buffer.concat([gzipSync(text.slice(0, cut)), gzipSync(text.slice(cut))]));
  return `${name}.gz`;
}

function copy(folder: string, path: string): string {
  const copied = join(folder, `copy-${fileNumber++}${path.endsWith(".gz") ? ".csv.gz" : ".csv"}`);
  writeFileSync(copied, readFileSync(path));
  return copied;
}

/** Splits a delivery into runs of the loader, which together load everything. */
function inRuns(paths: string[], random: SeededRandom): string[][] {
  const some = paths.filter(() => random.chance(0.5));
  return [some, random.shuffled(paths), paths.filter(() => random.chance(0.3))].filter(
    (run) => run.length > 0,
  );
}

/** Loads corrections of a few keys in many small parts, some of them twice, and computes which have to be kept. */
async function correct(
  warehouse: Parameters<typeof loadRawFiles>[0],
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
  // How they are grouped into runs does not matter, only their order.
  const order = random.shuffled([...files, ...again]);
  await loadRawFiles(
    warehouse,
    order.slice(0, 4).map(({ path }) => path),
    folder,
  );
  await loadRawFiles(
    warehouse,
    order.slice(4).map(({ path }) => path),
    folder,
  );

  const stays = new Map<string, unknown>();
  for (const version of new Set(order.map(({ version }) => version))) {
    for (const row of version) stays.set(keyOf(row), String(row.iap_revenue));
  }
  const tables = await tablesOf(warehouse);
  expectConsistent(tables, "corrections");
  expectThat(
    tables.raw.length === rows.length,
    `corrections made ${tables.raw.length} of ${rows.length} rows`,
  );
  for (const row of tables.raw.filter((row) => stays.has(keyOf(row)))) {
    const should = stays.get(keyOf(row));
    expectThat(
      row.iap_revenue === should,
      `${keyOf(row)} has ${row.iap_revenue}, but the last new part has ${should}`,
    );
  }
  return order.length;
}

/** Three concurrent commands load all parts, each in another order. */
async function expectConcurrentLoads(
  folder: string,
  paths: string[],
  expected: Tables,
  random: SeededRandom,
): Promise<void> {
  const data = join(folder, "at-once");
  const scripts = [1, 2, 3].map(() => startCommand("load-raw", random.shuffled(paths), { DATA_DIR: data }));
  for (const { code, output } of await Promise.all(scripts.map(({ ended }) => ended))) {
    expectThat(
      hasCompleted(code),
      `one of three concurrent commands ended with exit code ${code}: ${output}`,
    );
  }
  const tables = await inWarehouse(join(data, "warehouse", "warehouse.duckdb"), tablesOf);
  expectConsistent(tables, "three concurrent commands");
  expectSameRows(tables, expected, "raw", "three concurrent commands");
}
