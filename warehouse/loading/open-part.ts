import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { csvHeader } from "@clan-platform/contract/csv-text.ts";
import { type RawFile, WarehouseError } from "../warehouse.ts";

// In larger pieces than by default, a tenth of the time goes less into passing them on.
const chunkBytes = 2 ** 20;

const lineFeed = 0x0a;
const maxLineBytes = 64 * 1_024;

/**
 * Looks at a whole csv or csv.gz file before anything of it is loaded, and unpacks it into `folder`.
 * @throws {WarehouseError} when it is missing, damaged, cut off, or not of this table, or `folder` has no room for it
 */
export async function openPart(path: string, folder: string): Promise<RawFile> {
  const hash = createHash("sha256");
  // Not the part's own name, which may have characters that mean something to DuckDB.
  const unpacked = join(folder, "part.csv");
  const isPacked = path.toLowerCase().endsWith(".gz");
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  const look = { isPlainText: true };
  let bytes = 0;
  try {
    await pipeline([
      createReadStream(path, { highWaterMark: chunkBytes }),
      passingBy((chunk) => {
        bytes += chunk.length;
        hash.update(chunk);
      }),
      ...(isPacked ? [gunzip] : []),
      inspecting(path, look),
      createWriteStream(unpacked),
    ]);
  } catch (cause) {
    throw cause instanceof UnfitLine
      ? await refusalOf(cause, path, isPacked).catch((cause) => unreadable(path, folder, cause))
      : cause instanceof WarehouseError
        ? cause
        : unreadable(path, folder, cause);
  }
  // Node passes over zeros after a gzip member, and over all that follows them.
  if (isPacked && gunzip.bytesWritten !== bytes) throw damaged(path);
  return { path, digest: hash.digest("hex"), unpacked, ...look };
}

function passingBy(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

/** A line for which the whole file is refused. */
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
// A file that is cut off here would often pass for a good one, with half a number at its end.
const withoutEnd = (line: number) =>
  `ends within its last line (line ${line}) as if it were cut off: end it with a line feed when it is whole`;

/** Reads the file once more to say the line's number: counting lines would cost all good files more than all other looking. */
async function refusalOf({ problem, byte }: UnfitLine, path: string, isPacked: boolean) {
  let line = 1;
  let bytes = 0;
  const counting = passingBy((chunk) => {
    const end = byte - bytes;
    for (let at = chunk.indexOf(lineFeed); at !== -1 && at < end; at = chunk.indexOf(lineFeed, at + 1))
      line++;
    bytes += chunk.length;
  });
  await pipeline([createReadStream(path), ...(isPacked ? [createGunzip()] : []), counting.resume()]);
  return refusal(path, problem(line));
}

const refusal = (path: string, problem: string) =>
  new WarehouseError(`${path} ${problem}; nothing of it was loaded.`);

/** Refuses a file by its first line, its end, or a line too long to be one, and looks for what is not plain text. */
function inspecting(path: string, look: { isPlainText: boolean }): Transform {
  let start: Buffer | undefined = Buffer.alloc(0);
  let bytes = 0;
  let lastLine = 0;
  let last = lineFeed;
  const checkStart = () => {
    const problem = start && problemOf(start);
    start = undefined;
    return problem ? refusal(path, problem) : null;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (hasMoreThanPlainText(chunk, last)) look.isPlainText = false;
      last = chunk.at(-1) ?? last;
      lastLine = bytes + startOfLastLine(chunk, lastLine - bytes);
      bytes += chunk.length;
      if (bytes - lastLine > maxLineBytes) return done(new UnfitLine(tooLong, lastLine));
      if (start) start = Buffer.concat([start, chunk]);
      const isEnough = start && (start.includes("\n") || start.length > maxLineBytes);
      done(isEnough ? checkStart() : null, chunk);
    },
    flush(done) {
      const unfit = start ? checkStart() : null;
      done(unfit ?? (last === lineFeed ? null : new UnfitLine(withoutEnd, lastLine)));
    },
  });
}

/** Quotes, carriage returns and empty columns at a line's end: what DuckDB reads in another way than the contract. */
function hasMoreThanPlainText(chunk: Buffer, last: number): boolean {
  const endsWithComma = last === 0x2c && chunk[0] === lineFeed;
  return endsWithComma || chunk.includes('"') || chunk.includes("\r") || chunk.includes(",\n");
}

/** Where the line begins that a chunk ends in, or one that is too long within it; `start` is where its first line began. */
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

function problemOf(start: Buffer): string | undefined {
  if (start.length === 0) return "is empty";
  if (start[0] === 0xff || start[0] === 0xfe) return "is UTF-16: save it as UTF-8";
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) {
    return "begins with a byte order mark: save it as UTF-8 without one";
  }
  const header = (start.toString("utf8").split("\n", 1)[0] ?? "").slice(0, 1_000);
  if (header === `${csvHeader}\r`) return "has Windows line ends (CRLF): save it with LF alone";
  if (header === csvHeader) return undefined;
  const names = header.split(",").map((name) => name.trim());
  const isReordered = names.toSorted().join(",") === csvHeader.split(",").toSorted().join(",");
  const what = isReordered ? "has the right columns in another order" : "is not a part of this table";
  return `${what}: its first line is "${header.slice(0, 200)}", and it has to be ${csvHeader}`;
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
