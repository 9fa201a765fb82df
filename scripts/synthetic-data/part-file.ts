import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, constants as zlib } from "node:zlib";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { GenerateError } from "./generate-error.ts";

const packing = {
  level: zlib.Z_BEST_SPEED,
  memLevel: zlib.Z_DEFAULT_MEMLEVEL,
  // Which repetitions zlib finds depends on the processor; without them, the bytes are the same everywhere. A third larger.
  strategy: zlib.Z_HUFFMAN_ONLY,
  chunkSize: 512 * 1_024,
};
const systemByte = 9;
const unknownSystem = 255;

/**
 * Packs rows, CSV without a header, into one gzip file with the header, and removes them. The file gets its name only when it is
 * complete.
 * @throws {GenerateError} when it can't be written, such as on a full disk
 * @throws the signal's reason when that aborts it; then and after any failure there is no file
 */
export async function packPart(path: string, rows: string, signal: AbortSignal | undefined): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await pipeline(
      withHeader(rows),
      createGzip(packing),
      createWriteStream(partial),
      signal ? { signal } : {},
    );
    await hideSystem(partial);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    signal?.throwIfAborted();
    if (error instanceof Error && "syscall" in error) {
      throw new GenerateError(`${path} can't be written: ${error.message}.`, { cause: error });
    }
    throw error;
  } finally {
    await rm(rows, { force: true });
  }
}

const withHeader = (rows: string) =>
  Readable.from(
    (async function* () {
      yield Buffer.from(`${activityFields.join(",")}\n`);
      yield* createReadStream(rows, { highWaterMark: packing.chunkSize });
    })(),
  );

/** Overwrites the header's byte for the operating system, which would differ between machines. */
async function hideSystem(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.write(Uint8Array.of(unknownSystem), 0, 1, systemByte);
  } finally {
    await file.close();
  }
}
