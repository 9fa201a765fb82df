import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { InputError } from "@clan-platform/contract/errors.ts";
import { type RawFile, WarehouseError } from "../warehouse.ts";
import { type FileFormat, formatOf, hasFirstLine, UnfitStart } from "./format-of-file.ts";

// Larger than Node's default, which takes a tenth longer.
const chunkBytes = 2 ** 20;

const lineFeed = 0x0a;
const maxLineBytes = 64 * 1_024;

/**
 * Inspects a whole file before any of it is loaded, and unpacks it into `folder` when it is gzip.
 * @throws {WarehouseError} when it is missing, damaged, cut off, or not of this table, or `folder` has no room for it
 */
export async function openRawFile(
  path: string,
  folder: string,
  { allowRejects = false } = {},
): Promise<RawFile> {
  const hash = createHash("sha256");
  // Not the file's own name, which may have characters that are special to DuckDB.
  const unpacked = join(folder, "part.csv");
  const isPacked = path.toLowerCase().endsWith(".gz");
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  const look: Look = { isPlainText: true };
  let bytes = 0;
  try {
    await pipeline([
      createReadStream(path, { highWaterMark: chunkBytes }),
      observing((chunk) => {
        bytes += chunk.length;
        hash.update(chunk);
      }),
      ...(isPacked ? [gunzip] : []),
      inspecting(path, look),
      createWriteStream(unpacked),
    ]);
  } catch (cause) {
    throw cause instanceof UnfitLine
      ? await fileErrorOf(cause, path, isPacked).catch((cause) => unreadable(path, folder, cause))
      : cause instanceof WarehouseError
        ? cause
        : unreadable(path, folder, cause);
  }
  // Node ignores zeros after a gzip member, and all that follows them.
  if (isPacked && gunzip.bytesWritten !== bytes) throw damaged(path);
  const { isPlainText, format } = look;
  if (!format) throw fileError(path, "is empty");
  const csv = format.name === "csv" && format.isAtStart && isPlainText ? format : undefined;
  return {
    path,
    digest: hash.digest("hex"),
    unpacked,
    format: format.name,
    allowRejects,
    ...(csv && { plainCsv: { names: csv.names, delimiter: csv.delimiter } }),
  };
}

function observing(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

/** A line because of which the whole file is refused. */
class UnfitLine extends Error {
  readonly problem: (line: number) => string;
  /** Where the line begins in the unpacked file. */
  readonly byte: number;

  constructor(problem: (line: number) => string, byte: number) {
    super();
    this.problem = problem;
    this.byte = byte;
  }
}

const tooLong = (line: number) => `has a line of more than 64 KiB (line ${line})`;
// A file that is cut off within a line would often look valid, with half a number at its end.
const withoutEnd = (line: number) =>
  `ends within its last line (line ${line}) as if it were cut off: end it with a line feed when it is whole`;

/** Reads the file again for the line's number: counting lines would cost every valid file more than all other checks. */
async function fileErrorOf({ problem, byte }: UnfitLine, path: string, isPacked: boolean) {
  let line = 1;
  let bytes = 0;
  const counting = observing((chunk) => {
    const end = byte - bytes;
    for (let at = chunk.indexOf(lineFeed); at !== -1 && at < end; at = chunk.indexOf(lineFeed, at + 1))
      line++;
    bytes += chunk.length;
  });
  await pipeline([createReadStream(path), ...(isPacked ? [createGunzip()] : []), counting.resume()]);
  return fileError(path, problem(line));
}

const fileError = (path: string, problem: string) =>
  new WarehouseError(`${path} ${problem}; nothing of it was loaded.`);

interface Look {
  isPlainText: boolean;
  format?: FileFormat;
}

/** Refuses a file because of its first line, its end, or a line that is too long; notes its format. */
function inspecting(path: string, look: Look): Transform {
  let start: Buffer | undefined = Buffer.alloc(0);
  let bytes = 0;
  let lastLine = 0;
  let last = lineFeed;
  const checkStart = () => {
    try {
      if (start) look.format = formatOf(start);
      return null;
    } catch (error) {
      if (error instanceof UnfitStart) return fileError(path, error.message);
      if (error instanceof InputError) {
        return new WarehouseError(`${path} can't be read. ${error.message}`, { cause: error });
      }
      return error as Error;
    } finally {
      start = undefined;
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (hasMoreThanPlainText(chunk, last)) look.isPlainText = false;
      last = chunk.at(-1) ?? last;
      lastLine = bytes + startOfLastLine(chunk, lastLine - bytes);
      bytes += chunk.length;
      if (bytes - lastLine > maxLineBytes) return done(new UnfitLine(tooLong, lastLine));
      if (start) start = Buffer.concat([start, chunk]);
      const isEnough = start && (hasFirstLine(start) || start.length > maxLineBytes);
      done(isEnough ? checkStart() : null, chunk);
    },
    flush(done) {
      const unfit = start ? checkStart() : null;
      done(unfit ?? (last === lineFeed ? null : new UnfitLine(withoutEnd, lastLine)));
    },
  });
}

/** Quotation marks, carriage returns and empty values at a line's end, which DuckDB reads differently from the contract. */
function hasMoreThanPlainText(chunk: Buffer, last: number): boolean {
  const endsWithDelimiter = ",;\t".includes(String.fromCharCode(last)) && chunk[0] === lineFeed;
  return endsWithDelimiter || ['"', "\r", ",\n", ";\n", "\t\n"].some((text) => chunk.includes(text));
}

/** The start of the chunk's last line, or of a line in it that is too long; `start` is the start of its first line. */
function startOfLastLine(chunk: Buffer, start: number): number {
  let line = start;
  while (line + maxLineBytes < chunk.length) {
    const end = chunk.lastIndexOf(lineFeed, line + maxLineBytes);
    if (end < Math.max(line, 0)) return line;
    line = end + 1;
  }
  const end = chunk.lastIndexOf(lineFeed);
  return end === -1 ? line : end + 1;
}

function unreadable(path: string, folder: string, cause: unknown): WarehouseError {
  const { code = "", syscall = "" } = cause as NodeJS.ErrnoException;
  if (code.startsWith("Z_")) return damaged(path, cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  if (syscall === "write") {
    return new WarehouseError(
      `${path} can't be unpacked into ${folder}: ${message}; it needs some five times the room of the part. Nothing of it was loaded.`,
      { cause },
    );
  }
  const why = code === "ENOENT" ? "there is no such file" : message;
  return new WarehouseError(`${path} can't be read: ${why}; nothing of it was loaded.`, { cause });
}

const damaged = (path: string, cause?: unknown) =>
  new WarehouseError(`${path} is damaged or cut off (gzip); nothing of it was loaded.`, { cause });
