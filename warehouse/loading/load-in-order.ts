import { rmSync } from "node:fs";
import type { LoadReport, PreparedFile, RawFile, Warehouse } from "../warehouse.ts";

export interface LoadedFile extends LoadReport {
  path: string;
}

interface NextFile {
  file: RawFile;
  preparing: Promise<PreparedFile>;
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
  let next = takeNext(warehouse, queue);
  try {
    for (;;) {
      const current = await next;
      if (!current) return;
      const { file, preparing } = current;
      onLoading(file.path);
      const prepared = await preparing;
      next = takeNext(warehouse, queue);
      const report = await prepared.load();
      rmSync(file.unpacked, { force: true });
      yield { path: file.path, ...report };
    }
  } finally {
    // The one after a file that failed.
    const left = await next.then((file) => file?.preparing).catch(() => undefined);
    await left?.discard();
    await queue.return();
  }
}

/** Begins to prepare the next file. A failure is thrown when it is this file's turn. */
function takeNext(warehouse: Warehouse, queue: AsyncGenerator<RawFile, void>): Promise<NextFile | undefined> {
  const taking = queue.next().then(({ done, value: file }) => {
    if (done) return undefined;
    const preparing = warehouse.prepareFile(file);
    preparing.catch(() => {});
    return { file, preparing };
  });
  taking.catch(() => {});
  return taking;
}
