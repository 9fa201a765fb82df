import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RawFile, Warehouse } from "../warehouse.ts";
import { makeWorkFolder } from "../work-folder.ts";
import { type LoadedFile, loadInOrder } from "./load-in-order.ts";
import { openRawFile } from "./open-raw-file.ts";

// While one is read or unpacked, by other threads, others are inspected by this one.
const concurrency = 3;

export interface LoadProgress {
  /** Steps done; there are two for each file. */
  done: number;
  path: string;
  what: "looking at" | "loading";
}

/**
 * Loads files into the raw table, in their order. All are inspected first, so that a damaged one leaves the tables as
 * they were. Meanwhile they are unpacked in a folder within `folder`.
 * @throws {WarehouseError}
 */
export async function loadRawFiles(
  warehouse: Warehouse,
  paths: string[],
  folder: string,
  onProgress: (progress: LoadProgress) => void = () => {},
  { allowRejects = false } = {},
): Promise<LoadedFile[]> {
  const work = makeWorkFolder(folder);
  let done = 0;
  const report = (path: string, what: LoadProgress["what"]) => onProgress({ done: done++, path, what });
  try {
    const files = await openAll(paths, work, { allowRejects }, (path) => report(path, "looking at"));
    const loaded: LoadedFile[] = [];
    for await (const file of loadInOrder(warehouse, files, (path) => report(path, "loading")))
      loaded.push(file);
    return loaded;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function openAll(
  paths: string[],
  work: string,
  options: { allowRejects: boolean },
  onOpened: (path: string) => void,
): Promise<RawFile[]> {
  const files: RawFile[] = [];
  const refused: { at: number; error: unknown }[] = [];
  let next = 0;
  const open = async () => {
    // After one is refused, none is loaded, so that reading the rest would only keep the user waiting.
    while (refused.length === 0 && next < paths.length) {
      const at = next++;
      const path = paths[at] ?? "";
      // Two files may have the same name in two folders.
      const folder = join(work, String(at));
      try {
        mkdirSync(folder);
        files[at] = await openRawFile(path, folder, options);
        onOpened(path);
      } catch (error) {
        refused.push({ at, error });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, open));
  const [first] = refused.toSorted((a, b) => a.at - b.at);
  if (first) throw first.error;
  return files;
}
