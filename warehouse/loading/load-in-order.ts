import { rmSync } from "node:fs";
import type { LoadReport, PreparedFile, RawFile, Warehouse } from "../warehouse.ts";

export interface LoadedFile extends LoadReport {
  path: string;
}

interface NextFile {
  file: RawFile;
  prepared: PreparedFile;
}

/**
 * Loads files into the raw table in their order, and removes their unpacked copies. Each is prepared while the one before is
 * loaded, and is not loaded when that one fails.
 * @throws {WarehouseError}
 */
export async function* loadInOrder(
  warehouse: Warehouse,
  files: Iterable<RawFile> | AsyncIterable<RawFile>,
  onLoading: (path: string) => void = () => {},
): AsyncGenerator<LoadedFile, void> {
  const queue = (async function* () {
    yield* files;
  })();
  const prepareNext = () => {
    const preparing = prepare(warehouse, queue);
    // A failure is thrown when it is this file's turn.
    preparing.catch(() => {});
    return preparing;
  };
  let preparing = prepareNext();
  try {
    for (;;) {
      const next = await preparing;
      if (!next) return;
      preparing = prepareNext();
      onLoading(next.file.path);
      const report = await next.prepared.load();
      rmSync(next.file.unpacked, { force: true });
      yield { path: next.file.path, ...report };
    }
  } finally {
    // The one after a file that failed.
    const left = await preparing.catch(() => undefined);
    await left?.prepared.discard();
    await queue.return();
  }
}

async function prepare(
  warehouse: Warehouse,
  queue: AsyncGenerator<RawFile, void>,
): Promise<NextFile | undefined> {
  const { done, value: file } = await queue.next();
  return done ? undefined : { file, prepared: await warehouse.prepareFile(file) };
}
