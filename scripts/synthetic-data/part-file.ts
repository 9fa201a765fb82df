import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGzip, type Gzip, constants as zlib } from "node:zlib";
import { GenerateError } from "./generate-error.ts";

const packing = {
  level: zlib.Z_BEST_SPEED,
  memLevel: zlib.Z_DEFAULT_MEMLEVEL,
  // Same bytes everywhere: what zlib finds when it looks for repetitions depends on the processor. It is a third more.
  strategy: zlib.Z_HUFFMAN_ONLY,
  // Takes a packed block, so that it is packed without a break.
  chunkSize: 512 * 1_024,
};
const systemByte = 9;
const unknownSystem = 255;

/**
 * Writes blocks as one file, packed where its name ends with `.gz`, which has its name only when it is whole.
 * @throws {GenerateError} when it can't be written, such as on a full disk
 * @throws the signal's reason when that ends it; then and after any failure there is no file
 */
export async function writePart(
  path: string,
  blocks: Iterable<Buffer>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const partial = `${path}.partial`;
  try {
    if (path.endsWith(".gz")) await writePacked(partial, blocks, { signal });
    else await pipeline(blocks, createWriteStream(partial), { signal });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    signal?.throwIfAborted();
    if (error instanceof Error && "syscall" in error) {
      throw new GenerateError(`${path} can't be written: ${error.message}.`, { cause: error });
    }
    throw error;
  }
}

async function writePacked(
  path: string,
  blocks: Iterable<Buffer>,
  options: { signal: AbortSignal | undefined },
): Promise<void> {
  const gzip = createGzip(packing);
  const writing = pipeline(gzip, createWriteStream(path), options);
  try {
    await Promise.all([writing, pack(gzip, blocks)]);
  } catch (error) {
    // Nothing may be written any more when the file is removed. A write to a broken stream never comes back.
    gzip.destroy();
    await writing.catch(() => {});
    throw error;
  }
  await hideSystem(path);
}

/** A block is packed on another thread while the next one is made: a stream of blocks would take turns. */
async function pack(gzip: Gzip, blocks: Iterable<Buffer>): Promise<void> {
  const write = promisify((block: Buffer, done: (error?: Error | null) => void) => gzip.write(block, done));
  let packed = Promise.resolve();
  for (const block of blocks) {
    await packed;
    packed = write(block);
  }
  await packed;
  gzip.end();
}

/** The gzip header names the operating system that wrote it, and two machines would differ in that byte. */
async function hideSystem(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.write(Uint8Array.of(unknownSystem), 0, 1, systemByte);
  } finally {
    await file.close();
  }
}
