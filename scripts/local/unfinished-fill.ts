import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CliError } from "../commands/terminal/cli-error.ts";

/** A first fill with synthetic rows. */
export interface SyntheticFill {
  rows: number;
  /** The last day. */
  to: string;
}

/** The folder of the parts of a first fill, which is there until the fill has come to its end. */
export const syntheticName = ({ rows, to }: SyntheticFill) => `first-fill-${rows}-${to}`;

/** A first fill that did not come to its end; the name of its folder says of what. */
export function findSynthetic(folder: string): SyntheticFill | undefined {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, rows, to] = /^first-fill-(\d+)-(\d{4}-\d{2}-\d{2})$/.exec(name) ?? [];
    if (to) return { rows: Number(rows), to };
  }
  return undefined;
}

/**
 * Empties the folder of a fill that a version until 0.2.0 has begun: it packed its parts, and its players were others, so that days
 * of both would not go together. Returns whether there were any.
 * @throws {CliError} when some of its rows are in the warehouse, in `folder`
 */
export function discardOlderParts(folder: string, parts: string, hasRows: boolean): boolean {
  const isOlder = existsSync(parts) && readdirSync(parts).some((name) => name.endsWith(".csv.gz"));
  if (!isOlder) return false;
  if (hasRows) {
    throw new CliError(
      `An interrupted start of an older version has filled a part of the warehouse with synthetic rows: delete warehouse.duckdb* and first-fill-* in ${folder}, and start again; the next sync brings what the API has stored.`,
    );
  }
  for (const name of readdirSync(parts)) rmSync(join(parts, name), { recursive: true });
  return true;
}

const noteOf = (folder: string) => join(folder, "loading-raw.json");

const FilesToLoad = z.object({
  paths: z.array(z.string()),
  allowRejects: z.boolean(),
  isFirst: z.boolean().default(false),
});

/** Files and folders to load, whether those are loaded of which more than half is rejected, and whether the warehouse was empty before. */
export type FilesToLoad = z.infer<typeof FilesToLoad>;

/** Notes what is being loaded, so that the next start goes on with it after an interruption. */
export function noteFiles(folder: string, files: FilesToLoad): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(noteOf(folder), JSON.stringify(files));
}

export function forgetFiles(folder: string): void {
  rmSync(noteOf(folder), { force: true });
}

/**
 * What to load: the given path, and what an interrupted start was loading.
 * @throws {CliError} when those are gone, or the path would be mixed with an interrupted fill of synthetic rows
 */
export function filesToLoad(folder: string, raw: string | undefined, allowRejects: boolean): FilesToLoad {
  const noted = readNote(folder);
  const gone = noted.paths.find((path) => !existsSync(path));
  if (raw === undefined) {
    if (gone === undefined) return { ...noted, allowRejects: noted.allowRejects || allowRejects };
    throw new CliError(
      `The last start was loading ${gone}, which is gone: name the files with --raw, or start over with npm start -- --fresh.`,
    );
  }
  if (findSynthetic(folder)) {
    throw new CliError(
      "An interrupted start has filled a part of the warehouse with synthetic rows: start over with npm start -- --fresh --raw PATH.",
    );
  }
  const paths = new Set([...noted.paths.filter((path) => existsSync(path)), raw]);
  return { ...noted, paths: [...paths], allowRejects: noted.allowRejects || allowRejects };
}

function readNote(folder: string): FilesToLoad {
  const nothing = { paths: [], allowRejects: false, isFirst: false };
  if (!existsSync(noteOf(folder))) return nothing;
  try {
    const note = JSON.parse(readFileSync(noteOf(folder), "utf8"));
    // A start of an earlier version noted the paths alone.
    return FilesToLoad.parse(Array.isArray(note) ? { ...nothing, paths: note } : note);
  } catch {
    // Killed while it was written: nothing was loaded yet.
    return nothing;
  }
}
