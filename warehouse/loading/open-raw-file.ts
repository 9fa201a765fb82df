import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { type RawFile, WarehouseError } from "../warehouse.ts";
import { countLines, inspecting, type Look, UnfitLine } from "./inspect-lines.ts";
import { type Packing, packingOf } from "./packing.ts";
import { UnfitFile } from "./unfit-file.ts";

// Half as much, Node's default, takes a tenth longer; a megabyte a fifth longer, most of it for new pages of memory.
const chunkBytes = 2 ** 17;
// Where a file is only hashed, 128 KiB take half as long again.
const hashedBytes = 2 ** 20;

/**
 * Inspects a whole file before any of it is loaded, and copies it into `folder`, unpacked when it is gzip or Parquet, so that
 * what is loaded is what was inspected.
 * @throws {WarehouseError} when it is missing, damaged, cut off, or not of this table, or `folder` has no room for it
 */
export async function openRawFile(
  path: string,
  folder: string,
  { allowRejects = false } = {},
): Promise<RawFile> {
  // Not the file's own name, which may have characters that are special to DuckDB.
  const unpacked = join(folder, "part.csv");
  const look: Look = {};
  const fail = async (cause: unknown) => {
    throw await errorOf(cause, path, unpacked);
  };
  const packing = await packingOf(path).catch(fail);
  const opening =
    packing === "parquet" ? convert(path, unpacked, look) : unpack(path, unpacked, look, packing);
  const digest = await opening.catch(fail);
  const { isPlain, format } = look;
  if (!format) throw fileError(path, "is empty");
  const csv = format.name === "csv" && isPlain ? format : undefined;
  return {
    path,
    digest,
    unpacked,
    format: format.name,
    allowRejects,
    ...(csv && { plainCsv: { names: csv.names, delimiter: csv.delimiter } }),
  };
}

/** A CSV that this process has made, of plain lines below the contract's header. It is loaded, and then removed, itself. */
export async function openOwnFile(path: string): Promise<RawFile> {
  const plainCsv = { names: [...activityFields], delimiter: "," };
  return { path, digest: await digestOf(path), unpacked: path, format: "csv", plainCsv, allowRejects: false };
}

/** Returns the file's SHA-256. */
async function unpack(path: string, unpacked: string, look: Look, packing: Packing): Promise<string> {
  const hash = createHash("sha256");
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  let bytes = 0;
  await pipeline([
    createReadStream(path, { highWaterMark: chunkBytes }),
    observing((chunk) => {
      bytes += chunk.length;
      hash.update(chunk);
    }),
    ...(packing === "gzip" ? [gunzip] : []),
    inspecting(look),
    createWriteStream(unpacked),
  ]);
  // Node ignores zeros after a gzip member, and all that follows them.
  if (packing === "gzip" && gunzip.bytesWritten !== bytes) throw new UnfitFile(damaged);
  return hash.digest("hex");
}

/** Returns the file's SHA-256. */
async function convert(path: string, unpacked: string, look: Look): Promise<string> {
  // Few files are Parquet; the others don't wait for DuckDB.
  const { parquetToCsv } = await import("./parquet-to-csv.ts");
  await parquetToCsv(path, unpacked);
  await pipeline(createReadStream(unpacked, { highWaterMark: chunkBytes }), inspecting(look).resume());
  return digestOf(path);
}

/** A file's SHA-256. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: hashedBytes }), hash);
  return hash.digest("hex");
}

function observing(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

const damaged = "is damaged or cut off (gzip); none of it was loaded.";

async function errorOf(cause: unknown, path: string, unpacked: string): Promise<WarehouseError> {
  if (cause instanceof UnfitFile) return new WarehouseError(`${path} ${cause.message}`, { cause });
  if (!(cause instanceof UnfitLine)) return unreadable(path, unpacked, cause);
  try {
    return fileError(path, cause.problem(await lineAt(path, unpacked, cause.byte)));
  } catch (error) {
    return unreadable(path, unpacked, error);
  }
}

/**
 * Reads the file again for the line's number: counting lines would cost every valid file more than all other checks. Only
 * of a Parquet file is the unpacked one complete.
 */
async function lineAt(path: string, unpacked: string, byte: number): Promise<number> {
  let lines = 0;
  const count = async (chunks: AsyncIterable<Buffer>) => {
    lines = await countLines(chunks, byte);
  };
  const packing = await packingOf(path);
  const file = createReadStream(packing === "parquet" ? unpacked : path);
  await (packing === "gzip" ? pipeline(file, createGunzip(), count) : pipeline(file, count));
  return lines;
}

const fileError = (path: string, problem: string) =>
  new WarehouseError(`${path} ${problem}; none of it was loaded.`);

function unreadable(path: string, unpacked: string, cause: unknown): WarehouseError {
  const { code = "", syscall = "" } = cause as NodeJS.ErrnoException;
  if (code.startsWith("Z_")) return new WarehouseError(`${path} ${damaged}`, { cause });
  const message = cause instanceof Error ? cause.message : String(cause);
  if (syscall === "write") {
    return new WarehouseError(
      `${path} can't be unpacked into ${dirname(unpacked)}: ${message}; it needs some five times the room of the part. None of it was loaded.`,
      { cause },
    );
  }
  const why = code === "ENOENT" ? "there is no such file" : message;
  return new WarehouseError(`${path} can't be read: ${why}; none of it was loaded.`, { cause });
}
