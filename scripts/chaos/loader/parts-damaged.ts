import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadParts } from "@clan-platform/warehouse/loading/load-parts.ts";
import { WarehouseError } from "@clan-platform/warehouse/warehouse.ts";
import { toCsv } from "../../testkit/activity.ts";
import { activityRows } from "../../testkit/parts.ts";
import type { SeededRandom } from "../../testkit/seeded-random.ts";
import { type Experiment, promised, type Seen } from "../experiment.ts";
import { startScript } from "../rig/script.ts";
import { seeded } from "../rig/seeded.ts";
import { inFolder } from "../rig/under-load.ts";
import { type Damaged, damages } from "./damage.ts";
import { inMemory, inWarehouse, promiseSame, promiseWhole, type Tables, tablesOf } from "./tables.ts";
import { promiseAsFile } from "./undamaged-lines.ts";

const timesEach = 50;
/** So many of each are loaded by the command as well. */
const byCommand = 6;
const days = ["2024-03-01", "2024-03-02", "2024-03-03"];
const text = toCsv(activityRows(400, days));
/** As a packer makes it that works with several threads: of two members. */
const packed = Buffer.concat([gzipSync(text.slice(0, 30_000)), gzipSync(text.slice(30_000))]);
const formats: Record<string, Buffer> = { csv: Buffer.from(text), "csv.gz": packed };

export const partsDamaged: Experiment = {
  name: "parts-damaged",
  promise:
    "A damaged part is refused as a whole, in a sentence that names it, or loaded without its bad lines, which are kept apart; never half, and a packed one never with another content.",
  trial: `A csv and a csv.gz are each damaged at ${timesEach} random places (bits, bytes, cuts, stretches lost, doubled or zeroed; a fifth of them in the first and in the last 40 bytes) and loaded; ${byCommand} of each by \`npm run load-raw\` with a good part before it.`,
  protection:
    "Without the refusal of a last line that has no end, in `inspecting` of warehouse/loading/open-part.ts, a csv that was cut off within its last number was loaded.",
  run: () =>
    seeded((random) =>
      inFolder(async (folder) => {
        const whole = await loadWhole(folder);
        const told: string[] = [];
        for (const [format, content] of Object.entries(formats)) {
          const all = damages(content, timesEach, random);
          const counts = { refused: 0, loaded: 0, changed: 0, rejected: 0 };
          for (const damaged of all) await loadDamaged(folder, format, damaged, whole, counts);
          for (let n = 0; n < byCommand; n++) {
            const chosen = all[random.below(all.length)] as Damaged;
            await commandDamaged(join(folder, `${format}-${n}`), folder, format, chosen, random);
          }
          told.push(
            `of ${timesEach} damages of a ${format}, ${counts.refused} were refused and ${counts.loaded} loaded, with ${counts.rejected} lines rejected and ${counts.changed} changed ones that nothing gives away`,
          );
        }
        return { saw: told.join("; ") } satisfies Seen;
      }),
    ),
};

const loadWhole = (folder: string) =>
  inMemory(async (warehouse) => {
    const path = join(folder, "whole.csv");
    writeFileSync(path, text);
    await loadParts(warehouse, [path], folder);
    return tablesOf(warehouse);
  });

interface Counts {
  refused: number;
  loaded: number;
  changed: number;
  rejected: number;
}

async function loadDamaged(folder: string, format: string, damaged: Damaged, whole: Tables, counts: Counts) {
  const path = join(folder, `damaged.${format}`);
  writeFileSync(path, damaged.content);
  const when = `${format}, ${damaged.what}`;
  await inMemory(async (warehouse) => {
    const refusal = await loadParts(warehouse, [path], folder).then(
      () => undefined,
      (error: Error) => error,
    );
    const tables = await tablesOf(warehouse);
    promiseWhole(tables, when);
    if (refusal) {
      promiseSentence(
        refusal instanceof WarehouseError ? refusal.message : String(refusal.stack),
        path,
        when,
      );
      promised(
        tables.parts.length + tables.raw.length + tables.rejected.length === 0,
        `${when}: refused, and yet half loaded`,
      );
      counts.refused++;
      return;
    }
    promised(
      damaged.content.at(-1) === 0x0a || format !== "csv",
      `${when}: cut off within a line, and yet loaded`,
    );
    counts.loaded++;
    counts.rejected += tables.rejected.length;
    promised(tables.parts.length === 1, `${when}: neither refused nor loaded`);
    // Of a packed one the checksum tells; what is left is damage of what packs it.
    if (format === "csv.gz") promiseSame({ ...tables, parts: [] }, { ...whole, parts: [] }, when);
    else counts.changed += promiseAsFile(damaged.content, text, tables, whole, when);
  });
}

/** The whole command, with a good part before the damaged one. */
async function commandDamaged(
  data: string,
  folder: string,
  format: string,
  damaged: Damaged,
  random: SeededRandom,
) {
  const path = join(folder, `damaged.${format}`);
  writeFileSync(path, damaged.content);
  const good = join(folder, `good-${random.below(1_000_000)}.csv`);
  writeFileSync(good, toCsv(activityRows(10, ["2024-04-01"])));
  const when = `load-raw of a ${format}, ${damaged.what}`;
  const { code, output } = await startScript("commands/load-raw.ts", [good, path], { DATA_DIR: data }).ended;
  const tables = await inWarehouse(join(data, "warehouse", "warehouse.duckdb"), tablesOf);
  promiseWhole(tables, when);
  promised(code === 0 || code === 1, `${when}: ended with ${code}: ${output}`);
  promised(
    tables.parts.length === (code === 0 ? 2 : 0),
    `${when}: exit code ${code}, and ${tables.parts.length} of 2 parts are loaded`,
  );
  if (code === 1) promiseSentence(output.trim(), path, when);
}

function promiseSentence(message: string, path: string, when: string): void {
  const isPlain = message.includes(basename(path)) && /nothing( of it)? was loaded/i.test(message);
  const hasInsides = message.includes("\n") || /\bat .*:\d+:\d+/.test(message);
  promised(isPlain && !hasInsides, `${when}: refused with ${message}`);
}
