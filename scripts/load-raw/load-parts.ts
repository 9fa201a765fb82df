import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openPart } from "@clan-platform/warehouse/open-part.ts";
import type { Part, PartReport, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { makeWorkFolder } from "../work-folder.ts";

const partsAtOnce = 2;

export interface LoadProgress {
  /** Steps done; there are two for each part. */
  done: number;
  path: string;
  what: "looking at" | "loading";
}

export interface LoadedPart extends PartReport {
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
    const loaded: LoadedPart[] = [];
    for (const part of parts) {
      tell(part.path, "loading");
      loaded.push({ path: part.path, ...(await warehouse.loadPart(part)) });
      rmSync(part.unpacked, { force: true });
    }
    return loaded;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function openAll(paths: string[], work: string, onOpened: (path: string) => void): Promise<Part[]> {
  const parts: Part[] = [];
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
