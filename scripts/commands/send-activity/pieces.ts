import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gzip, constants as zlib } from "node:zlib";
import { isBeforeHeader } from "@clan-platform/contract/lines/before-header.ts";
import { endsWithinLine } from "@clan-platform/warehouse/loading/inspect-lines.ts";
import { CliError } from "../terminal/cli-error.ts";
import type { ActivityFile } from "./activity-file.ts";

const pack = promisify(gzip);

/** Some lines of a file, as a body for the service. */
export interface Piece {
  /** Gzip, with the file's header where there is one. */
  body: Buffer;
  /** The number of its first line in the file, and of its first line in the body. */
  firstLine: { inFile: number; inBody: number };
  lastLine: number;
  /** The lines as they are in the file, without the header. */
  lines: Buffer;
  /** How far the file has been read, in bytes on disk. */
  position: number;
}

const lineFeed = 0x0a;
const blanks = Buffer.from(" \t\r\n");
const nothing = Buffer.alloc(0);
// A few seconds of work for the service, and far below its limits even where gzip gains nothing.
const pieceBytes = 8 * 2 ** 20;
export const pieceLines = 200_000;

/**
 * Reads a file as pieces, in its order.
 * @throws {CliError} when it breaks off, within a line or not, or is damaged, after the pieces before that
 */
export async function* readPieces(file: ActivityFile): AsyncGenerator<Piece> {
  const onDisk = createReadStream(file.path);
  let header: Buffer | undefined = file.format.hasHeader ? undefined : nothing;
  let nextLine = 1;
  const toPiece = async (lines: Buffer): Promise<Piece | undefined> => {
    const first = nextLine;
    nextLine += countLines(lines);
    if (isBlank(lines)) return undefined;
    return {
      body: await pack(Buffer.concat([header ?? nothing, lines]), { level: zlib.Z_BEST_SPEED }),
      firstLine: { inFile: first, inBody: header?.length ? 2 : 1 },
      lastLine: nextLine - 1,
      lines,
      position: onDisk.bytesRead,
    };
  };
  try {
    for await (let block of blocksOfLines(file.isPacked ? unpacked(onDisk, file) : onDisk)) {
      // Only the last block may end otherwise.
      if (block.at(-1) !== lineFeed)
        throw new CliError(`it ${endsWithinLine(nextLine + countLines(block) - 1)}`);
      while (!header && block.length > 0) {
        const line = block.subarray(0, block.indexOf(lineFeed) + 1 || block.length);
        block = block.subarray(line.length);
        nextLine++;
        if (!isBeforeHeader(line.toString("utf8"))) header = line;
      }
      for (const lines of cutByLines(block)) {
        const piece = await toPiece(lines);
        if (piece) yield piece;
      }
    }
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const where = nextLine === 1 ? "" : ` somewhere after line ${nextLine - 1}`;
    throw new CliError(`it is damaged or cut off${where}`, { cause });
  }
}

/** The text of a line of the piece, by its number in the file. */
export function lineOf({ lines, firstLine }: Piece, number: number): string {
  let start = 0;
  for (let line = firstLine.inFile; line < number; line++) start = lines.indexOf(lineFeed, start) + 1;
  const end = lines.indexOf(lineFeed, start);
  return lines.toString("utf8", start, end === -1 ? lines.length : end).replace(/\r$/, "");
}

async function* unpacked(
  onDisk: ReturnType<typeof createReadStream>,
  { size }: ActivityFile,
): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  yield* pipeline(onDisk, gunzip, () => {});
  // Node ignores zeros after a gzip member, and all that follows them.
  if (gunzip.bytesWritten !== size) throw new Error("there is more after the last gzip member");
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
    if (end === 0) throw new CliError("it has a line of more than 8 MiB, which is no line of activity");
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

const isBlank = (block: Buffer) => block.every((byte) => blanks.includes(byte));

function countLines(block: Buffer): number {
  let count = block.at(-1) === lineFeed ? 0 : 1;
  for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) count++;
  return count;
}
