import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GenerateError } from "./generate-error.ts";
import type { Generator } from "./generator.ts";
import { packPart } from "./part-file.ts";
import { groupDays, type PlannedDay, type PlannedPart, planDays, type RawOptions } from "./plan.ts";
import { populate } from "./population.ts";

export interface Generated {
  /** Paths, in the order of the days. */
  parts: string[];
  rows: number;
  /** Number of known countries in the rows. */
  countries: number;
}

/**
 * Writes synthetic user activity as `<day>.csv.gz` parts; the same options give the same bytes. `onProgress` gets the number of
 * rows so far, `onPart` the path of each complete part. `signal` aborts it; the parts that are complete by then stay.
 * @throws {GenerateError} when the folder has parts that this would not write, or can't be written to
 * @throws the signal's reason when that aborts it
 */
export async function generateRaw(
  { out, rows, days, to, seed }: RawOptions,
  onProgress: (rows: number) => void = () => {},
  signal?: AbortSignal,
  onPart: (path: string) => void = () => {},
): Promise<Generated> {
  const plan = planDays({ rows, days, to });
  prepareFolder(out, new Set(plan.flatMap(({ parts }) => parts.map(({ name }) => name))));
  signal?.throwIfAborted();
  const folder = mkdtempSync(join(tmpdir(), "clan-generate-"));
  const generated: Generated = { parts: [], rows: 0, countries: 0 };
  const pack = async (unpacked: string, { name, rows }: PlannedPart) => {
    const path = join(out, name);
    await packPart(path, unpacked, signal);
    generated.parts.push(path);
    generated.rows += rows;
    onProgress(generated.rows);
    onPart(path);
  };
  try {
    // DuckDB takes a moment to import, and a command that only prints its help does not need it.
    const { openGenerator } = await import("./generator.ts");
    const generator = await openGenerator({ seed, dayCount: days, cohorts: populate(plan, seed), folder });
    const interrupt = () => generator.interrupt();
    signal?.addEventListener("abort", interrupt);
    try {
      const countries = await computeParts(groupDays(plan), generator, folder, pack);
      return { ...generated, countries: countries.difference(new Set([""])).size };
    } finally {
      signal?.removeEventListener("abort", interrupt);
      generator.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Computes all parts and packs them. Returns the countries in them. */
async function computeParts(
  groups: PlannedDay[][],
  generator: Generator,
  folder: string,
  pack: (unpacked: string, part: PlannedPart) => Promise<void>,
): Promise<Set<string>> {
  const countries = new Set<string>();
  // zlib packs a part on a thread of its own while DuckDB computes the next one.
  let packing = Promise.resolve();
  try {
    for (const group of groups) {
      for (const country of await generator.compute(group)) countries.add(country);
      for (const { day, part } of group.flatMap((day) => day.parts.map((part) => ({ day, part })))) {
        const unpacked = join(folder, `${part.name}.unpacked`);
        await generator.writeRows(unpacked, day, part);
        await packing;
        packing = pack(unpacked, part);
        // Its failure is thrown at the next `await`.
        packing.catch(() => {});
      }
    }
    await packing;
  } finally {
    await packing.catch(() => {});
  }
  return countries;
}

/** Removes the parts of an earlier run first, so that an interrupted run leaves no mixture of both. */
function prepareFolder(out: string, planned: Set<string>): void {
  let present: string[];
  try {
    mkdirSync(out, { recursive: true });
    present = readdirSync(out).filter((name) => name.endsWith(".csv.gz"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GenerateError(`${out} can't be written to: ${why}; nothing was generated.`, { cause });
  }
  const other = present.find((name) => !planned.has(name));
  if (other !== undefined) {
    throw new GenerateError(
      `${out} has parts already that this would not write, such as ${other}: name another folder, or empty it; nothing was generated.`,
    );
  }
  for (const name of present) rmSync(join(out, name));
}
