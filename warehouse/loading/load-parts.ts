import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LoadReport, RawFile, Warehouse } from "../warehouse.ts";
import { makeWorkFolder } from "../work-folder.ts";
import { openPart } from "./open-part.ts";

const partsAtOnce = 2;

export interface LoadProgress {
  /** Steps done; there are two for each part. */
  done: number;
  path: string;
  what: "looking at" | "loading";
}

export interface LoadedPart extends LoadReport {
  path: string;
}

/**
 * Loads parts into raw, in their order. All are looked at first, so that a damaged one leaves the tables as they were.
 * Meanwhile they lie unpacked in a folder within `folder`.
 * @throws {WarehouseError}
 */
export async function loadParts(
  warehouse: Warehouse,
  paths: string[],
  folder: string,
  onProgress: (progress: LoadProgress) => void = () => {},
): Promise<LoadedPart[]> {
  const work = makeWorkFolder(folder);
  let done = 0;
  const tell = (path: string, what: LoadProgress["what"]) => onProgress({ done: done++, path, what });
  try {
    const parts = await openAll(paths, work, (path) => tell(path, "looking at"));
    return await loadInOrder(warehouse, parts, (path) => tell(path, "loading"));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Each part is prepared while the one before is loaded. */
async function loadInOrder(
  warehouse: Warehouse,
  parts: RawFile[],
  onLoading: (path: string) => void,
): Promise<LoadedPart[]> {
  const prepare = (part: RawFile | undefined) => {
    const preparing = part ? warehouse.prepareFile(part) : Promise.resolve(undefined);
    // Its failure is told when its turn comes.
    preparing.catch(() => {});
    return preparing;
  };
  const loaded: LoadedPart[] = [];
  let next = prepare(parts[0]);
  try {
    for (const [at, part] of parts.entries()) {
      onLoading(part.path);
      const prepared = await next;
      next = prepare(parts[at + 1]);
      if (prepared) loaded.push({ path: part.path, ...(await prepared.load()) });
      rmSync(part.unpacked, { force: true });
    }
    return loaded;
  } finally {
    // The one after a part that failed.
    await next.then(
      (prepared) => prepared?.discard(),
      () => {},
    );
  }
}

async function openAll(paths: string[], work: string, onOpened: (path: string) => void): Promise<RawFile[]> {
  const parts: RawFile[] = [];
  let next = 0;
  const open = async () => {
    while (next < paths.length) {
      const at = next++;
      const path = paths[at] ?? "";
      // Two parts may have the same name in two folders.
      const folder = join(work, String(at));
      mkdirSync(folder);
      parts[at] = await openPart(path, folder);
      onOpened(path);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: partsAtOnce }, open));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return parts;
}
