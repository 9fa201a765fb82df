import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gunzipSync, gzip, constants as zlib } from "node:zlib";
import { Problem } from "@clan-platform/service/http/problem.ts";
import { type Format, formats } from "@clan-platform/service/user-activity/import/formats.ts";
import { Refusal } from "../refusal.ts";

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

/**
 * Looks at a file before anything is sent.
 * @throws {Refusal} when it is missing, of an unknown kind, empty, or has a wrong header
 */
export function openActivityFile(path: string): ActivityFile {
  const kind = /\.(csv|ndjson|jsonl)(\.gz)?$/i.exec(path);
  if (!kind)
    throw new Refusal(`${path} is of an unknown kind: .csv, .ndjson, each maybe with .gz, are known.`);
  const format = formats.find(({ hasHeader }) => hasHeader === (kind[1]?.toLowerCase() === "csv")) as Format;
  const isPacked = kind[2] !== undefined;
  const start = readStart(path);
  if (start.length === 0) throw new Refusal(`${path} is empty; nothing was sent.`);
  if (format.hasHeader) checkHeader(path, format, isPacked ? unpackStart(path, start) : start);
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

function checkHeader(path: string, format: Format, start: Buffer): void {
  const header =
    start
      .toString("utf8")
      .replace(/^\ufeff/, "")
      .split(/\r?\n/, 1)[0] ?? "";
  try {
    format.reader(header);
  } catch (cause) {
    const why = cause instanceof Problem ? cause.message : String(cause);
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
  let parts: Buffer[] = [];
  let size = 0;
  let nextLine = 1;
  const cut = async (block: Buffer): Promise<Piece> => {
    const inBody = header?.length ? 2 : 1;
    const piece = {
      body: await pack(header ? Buffer.concat([header, block]) : block, { level: zlib.Z_BEST_SPEED }),
      firstLine: { inFile: nextLine, inBody },
      lastLine: nextLine + countLines(block) - 1,
      position: onDisk.bytesRead,
    };
    nextLine = piece.lastLine + 1;
    return piece;
  };
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      let rest = chunk;
      if (!header) {
        const end = chunk.indexOf(lineFeed) + 1;
        parts.push(end > 0 ? chunk.subarray(0, end) : chunk);
        if (end === 0) continue;
        header = Buffer.concat(parts);
        parts = [];
        nextLine = 2;
        rest = chunk.subarray(end);
      }
      parts.push(rest);
      size += rest.length;
      if (size < pieceBytes) continue;
      const block = Buffer.concat(parts);
      const end = block.lastIndexOf(lineFeed) + 1;
      if (end === 0) throw new Refusal(`line ${nextLine} has more than 8 MiB; it is no line of activity`);
      yield await cut(block.subarray(0, end));
      parts = [block.subarray(end)];
      size = block.length - end;
    }
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal(`it is damaged or cut off somewhere after line ${nextLine - 1}`, { cause });
  }
  if (size > 0) yield await cut(Buffer.concat(parts));
}

function countLines(block: Buffer): number {
  let count = block.at(-1) === lineFeed ? 0 : 1;
  for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) count++;
  return count;
}
