import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gunzipSync, gzip, constants as zlib } from "node:zlib";
import { InputError } from "@clan-platform/contract/errors.ts";
import { csv, type Format, ndjson } from "@clan-platform/contract/lines/formats.ts";
import { Refusal } from "../terminal/refusal.ts";

const pack = promisify(gzip);

export interface ActivityFile {
  path: string;
  /** On disk, in bytes. */
  size: number;
  format: Format;
  isPacked: boolean;
}

/** Some lines of a file, as a body for the service. */
export interface Piece {
  /** Gzip, with the file's header where there is one. */
  body: Buffer;
  /** The number of its first line in the file, and of its first line in the body. */
  firstLine: { inFile: number; inBody: number };
  lastLine: number;
  /** How far the file has been read, in bytes on disk. */
  position: number;
}

const lineFeed = 0x0a;
// A few seconds of work for the service, and far below its limits even where gzip gains nothing.
const pieceBytes = 8 * 2 ** 20;
const pieceLines = 200_000;

/**
 * Looks at a file before anything is sent.
 * @throws {Refusal} when it is missing, of an unknown kind, empty, or has a wrong header
 */
export async function openActivityFile(path: string): Promise<ActivityFile> {
  const kind = /\.(csv|ndjson|jsonl)(\.gz)?$/i.exec(path);
  if (!kind)
    throw new Refusal(
      `${path} is of an unknown kind: .csv, .ndjson and .jsonl, each maybe with .gz, are known.`,
    );
  const format = kind[1]?.toLowerCase() === "csv" ? csv : ndjson;
  const isPacked = kind[2] !== undefined;
  const start = readStart(path);
  if (start.length === 0) throw new Refusal(`${path} is empty; nothing was sent.`);
  if (format.hasHeader) await checkHeader(path, format, isPacked ? unpackStart(path, start) : start);
  return { path, size: statSync(path).size, format, isPacked };
}

function readStart(path: string): Buffer {
  try {
    const descriptor = openSync(path, "r");
    try {
      const start = Buffer.alloc(64 * 1_024);
      return start.subarray(0, readSync(descriptor, start));
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const why = { ENOENT: "there is no such file", EISDIR: "it is a folder" }[String(code)] ?? String(cause);
    throw new Refusal(`${path} can't be read: ${why}; nothing was sent.`, { cause });
  }
}

function unpackStart(path: string, start: Buffer): Buffer {
  try {
    return gunzipSync(start, { finishFlush: zlib.Z_SYNC_FLUSH });
  } catch (cause) {
    throw new Refusal(`${path} is not gzip, or is damaged; nothing was sent.`, { cause });
  }
}

async function checkHeader(path: string, format: Format, start: Buffer): Promise<void> {
  const header =
    start
      .toString("utf8")
      .replace(/^\ufeff/, "")
      .trimStart()
      .split(/\r?\n/, 1)[0] ?? "";
  try {
    await format.reader(header);
  } catch (cause) {
    const why = cause instanceof InputError ? cause.message : String(cause);
    throw new Refusal(`${path}: ${why}`, { cause });
  }
}

/**
 * Reads a file as pieces, in its order.
 * @throws {Refusal} when it breaks off or is damaged, after the pieces before that
 */
export async function* readPieces({ path, format, isPacked }: ActivityFile): AsyncGenerator<Piece> {
  const onDisk = createReadStream(path);
  const bytes: Readable = isPacked ? pipeline(onDisk, createGunzip(), () => {}) : onDisk;
  let header: Buffer | undefined = format.hasHeader ? undefined : Buffer.alloc(0);
  let nextLine = 1;
  const toPiece = async (block: Buffer): Promise<Piece | undefined> => {
    const first = nextLine;
    nextLine += countLines(block);
    if (isBlank(block)) return undefined;
    return {
      body: await pack(Buffer.concat([header ?? Buffer.alloc(0), block]), { level: zlib.Z_BEST_SPEED }),
      firstLine: { inFile: first, inBody: header?.length ? 2 : 1 },
      lastLine: nextLine - 1,
      position: onDisk.bytesRead,
    };
  };
  try {
    for await (let block of blocksOfLines(bytes as AsyncIterable<Buffer>)) {
      while (!header && block.length > 0) {
        const line = block.subarray(0, block.indexOf(lineFeed) + 1 || block.length);
        block = block.subarray(line.length);
        nextLine++;
        if (!isBlank(line)) header = line;
      }
      for (const lines of cutByLines(block)) {
        const piece = await toPiece(lines);
        if (piece) yield piece;
      }
    }
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal(`it is damaged or cut off somewhere after line ${nextLine - 1}`, { cause });
  }
}

/** Blocks of some `pieceBytes`, each of whole lines. */
async function* blocksOfLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size < pieceBytes) continue;
    const block = Buffer.concat(parts);
    const end = block.lastIndexOf(lineFeed) + 1;
    if (end === 0) throw new Refusal("it has a line of more than 8 MiB, which is no line of activity");
    yield block.subarray(0, end);
    parts = [block.subarray(end)];
    size = block.length - end;
  }
  if (size > 0) yield Buffer.concat(parts);
}

function* cutByLines(block: Buffer): Generator<Buffer> {
  let start = 0;
  let lines = 0;
  for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) {
    if (++lines < pieceLines) continue;
    yield block.subarray(start, at + 1);
    start = at + 1;
    lines = 0;
  }
  if (start < block.length) yield block.subarray(start);
}

const isBlank = (block: Buffer) => block.every((byte) => byte === lineFeed || byte === 0x0d || byte === 0x20);

function countLines(block: Buffer): number {
  let count = block.at(-1) === lineFeed ? 0 : 1;
  for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) count++;
  return count;
}
