import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadRawFiles } from "@clan-platform/warehouse/loading/load-raw-files.ts";
import { WarehouseError } from "@clan-platform/warehouse/warehouse.ts";
import { exitCode } from "../../commands/terminal/exit-codes.ts";
import { toCsv } from "../../testkit/activity.ts";
import { activityRows } from "../../testkit/parts.ts";
import type { SeededRandom } from "../../testkit/seeded-random.ts";
import { inTemporaryFolder } from "../../testkit/temporary-folder.ts";
import { type Experiment, expectThat, type Observation } from "../experiment.ts";
import { hasCompleted, startCommand } from "../harness/command.ts";
import { withSeed } from "../harness/with-seed.ts";
import { type Damaged, damages } from "./damage.ts";
import {
  expectConsistent,
  expectSameTables,
  inMemory,
  inWarehouse,
  type Tables,
  tablesOf,
} from "./tables.ts";
import { expectMatchesFile } from "./undamaged-lines.ts";

const timesEach = 50;
/** How many of each the command loads as well. */
const byCommand = 6;
const days = ["2024-03-01", "2024-03-02", "2024-03-03"];
const text = toCsv(activityRows(400, days));
/** Of two gzip members, as multi-threaded compressors write it. */
const packed = Buffer.concat([gzipSync(text.slice(0, 30_000)), gzipSync(text.slice(30_000))]);
const formats: Record<string, Buffer> = { csv: Buffer.from(text), "csv.gz": packed };

export const partsDamaged: Experiment = {
  name: "parts-damaged",
  guarantee:
    "A damaged part is either refused as a whole, with a message that names it, or loaded without its invalid lines, which are quarantined. It is never loaded in part, and a compressed part is never loaded with different content.",
  method: `A csv and a csv.gz are each damaged at ${timesEach} random places (flipped bits, replaced bytes, truncation, ranges removed, duplicated or zeroed; a fifth each within the first and the last 40 bytes) and loaded; ${byCommand} of each by \`npm run load-raw\` after an intact part.`,
  mutation:
    "Without the check for an unterminated last line in `inspecting` of warehouse/loading/open-part.ts, a csv that was truncated within its last number was loaded.",
  run: () =>
    withSeed((random) =>
      inTemporaryFolder(async (folder) => {
        const whole = await loadWhole(folder);
        const summary: string[] = [];
        for (const [format, content] of Object.entries(formats)) {
          const all = damages(content, timesEach, random);
          const counts = { refusedParts: 0, loadedParts: 0, changedLines: 0, rejectedLines: 0 };
          for (const damaged of all) await loadDamaged(folder, format, damaged, whole, counts);
          for (let n = 0; n < byCommand; n++) {
            const chosen = all[random.below(all.length)] as Damaged;
            await commandDamaged(join(folder, `${format}-${n}`), folder, format, chosen, random);
          }
          summary.push(
            `of ${timesEach} damaged ${format} parts, ${counts.refusedParts} were refused and ${counts.loadedParts} loaded, with ${counts.rejectedLines} lines rejected and ${counts.changedLines} lines changed undetectably`,
          );
        }
        return { summary: summary.join("; ") } satisfies Observation;
      }),
    ),
};

const loadWhole = (folder: string) =>
  inMemory(async (warehouse) => {
    const path = join(folder, "whole.csv");
    writeFileSync(path, text);
    await loadRawFiles(warehouse, [path], folder);
    return tablesOf(warehouse);
  });

interface Counts {
  refusedParts: number;
  loadedParts: number;
  changedLines: number;
  rejectedLines: number;
}

async function loadDamaged(folder: string, format: string, damaged: Damaged, whole: Tables, counts: Counts) {
  const path = join(folder, `damaged.${format}`);
  writeFileSync(path, damaged.content);
  const when = `${format}, ${damaged.what}`;
  await inMemory(async (warehouse) => {
    const error = await loadRawFiles(warehouse, [path], folder).then(
      () => undefined,
      (error: Error) => error,
    );
    const tables = await tablesOf(warehouse);
    expectConsistent(tables, when);
    if (error) {
      expectUserFacingMessage(
        error instanceof WarehouseError ? error.message : String(error.stack),
        path,
        when,
      );
      expectThat(
        tables.parts.length + tables.raw.length + tables.rejected.length === 0,
        `${when}: refused, but loaded in part`,
      );
      counts.refusedParts++;
      return;
    }
    expectThat(
      damaged.content.at(-1) === 0x0a || format !== "csv",
      `${when}: truncated within a line, but loaded`,
    );
    counts.loadedParts++;
    counts.rejectedLines += tables.rejected.length;
    expectThat(tables.parts.length === 1, `${when}: neither refused nor loaded`);
    // The checksum of a compressed part detects changed content; a loaded one was damaged elsewhere.
    if (format === "csv.gz") expectSameTables({ ...tables, parts: [] }, { ...whole, parts: [] }, when);
    else counts.changedLines += expectMatchesFile(damaged.content, text, tables, whole, when);
  });
}

/** Runs the command with an intact part before the damaged one. */
async function commandDamaged(
  data: string,
  folder: string,
  format: string,
  damaged: Damaged,
  random: SeededRandom,
) {
  const path = join(folder, `damaged.${format}`);
  writeFileSync(path, damaged.content);
  const intact = join(folder, `intact-${random.below(1_000_000)}.csv`);
  writeFileSync(intact, toCsv(activityRows(10, ["2024-04-01"])));
  const when = `load-raw of a ${format}, ${damaged.what}`;
  const { code, output } = await startCommand("load-raw", [intact, path], { DATA_DIR: data }).ended;
  const tables = await inWarehouse(join(data, "warehouse", "warehouse.duckdb"), tablesOf);
  expectConsistent(tables, when);
  expectThat(hasCompleted(code) || code === exitCode.failed, `${when}: ended with ${code}: ${output}`);
  // That most of its lines are rejected shows when it is its turn.
  const loadedBefore = /breaks\s+the\s+contract\s+in/.test(output) ? 1 : 0;
  expectThat(
    tables.parts.length === (hasCompleted(code) ? 2 : loadedBefore),
    `${when}: exit code ${code}, and ${tables.parts.length} of 2 parts are loaded: ${output}`,
  );
  // A command wraps its lines.
  if (code === 1) expectUserFacingMessage(output.replaceAll(/\s+/g, " ").trim(), path, when);
}

function expectUserFacingMessage(message: string, path: string, when: string): void {
  // Of a header, what is shared with the import says that nothing was stored.
  const isPlain =
    message.includes(basename(path)) && /(nothing|none of it) was (loaded|stored)/i.test(message);
  const hasStackTrace = message.includes("\n") || /\bat .*:\d+:\d+/.test(message);
  expectThat(isPlain && !hasStackTrace, `${when}: refused with ${message}`);
}
