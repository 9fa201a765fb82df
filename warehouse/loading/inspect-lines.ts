import { Transform } from "node:stream";
import { maxLineBytes } from "@clan-platform/contract/lines/read-lines.ts";
import { type FileFormat, formatOf, hasFirstLine } from "./format-of-file.ts";
import { plainLinesCheck } from "./plain-lines.ts";

const lineFeed = 0x0a;

/** What was seen of a file on its way through `inspecting`. */
export interface Look {
  /** Undefined of an empty file. */
  format?: FileFormat;
  /** It is a CSV all of whose lines are plain. */
  isPlain?: boolean;
}

/** The whole file is refused because of a line, whose number is not known yet. */
export class UnfitLine extends Error {
  override name = "UnfitLine";
  readonly problem: (line: number) => string;
  /** Where the line begins in the unpacked file. */
  readonly byte: number;

  constructor(problem: (line: number) => string, byte: number) {
    super(problem(Number.NaN));
    this.problem = problem;
    this.byte = byte;
  }
}

const tooLong = (line: number) => `has a line of more than 64 KiB (line ${line})`;

/**
 * What is wrong with a file whose last line has no line feed. One that is cut off within a line would often look valid, with
 * half a number at its end.
 */
export const endsWithinLine = (line: number) =>
  `ends within its last line (line ${line}) as if it were cut off: end it with a line feed when it is whole`;

/**
 * Passes a file on, and notes its format and whether it is plain. Fails with `UnfitFile` because of its first line, and with
 * `UnfitLine` because of its end, or a line that is too long.
 */
export function inspecting(look: Look): Transform {
  let start: Buffer | undefined = Buffer.alloc(0);
  let bytes = 0;
  let lastLine = 0;
  let last = lineFeed;
  let arePlain = (_: Buffer) => false;
  const checkStart = (start: Buffer) => {
    try {
      const format = formatOf(start);
      look.format = format;
      if (format.name === "csv" && format.isAtStart) arePlain = plainLinesCheck(format);
      look.isPlain = arePlain(start);
      return null;
    } catch (error) {
      return error as Error;
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      last = chunk.at(-1) ?? last;
      lastLine = bytes + startOfLastLine(chunk, lastLine - bytes);
      bytes += chunk.length;
      if (bytes - lastLine > maxLineBytes) return done(new UnfitLine(tooLong, lastLine));
      if (!start) {
        look.isPlain &&= arePlain(chunk);
        return done(null, chunk);
      }
      start = Buffer.concat([start, chunk]);
      if (!hasFirstLine(start) && start.length <= maxLineBytes) return done(null, chunk);
      const unfit = checkStart(start);
      start = undefined;
      done(unfit, chunk);
    },
    flush(done) {
      const unfit = start ? checkStart(start) : null;
      done(unfit ?? (last === lineFeed ? null : new UnfitLine(endsWithinLine, lastLine)));
    },
  });
}

/** Counts the lines up to the one that begins at this byte. */
export async function countLines(chunks: AsyncIterable<Buffer>, byte: number): Promise<number> {
  let lines = 1;
  let bytes = 0;
  for await (const chunk of chunks) {
    const end = byte - bytes;
    for (let at = chunk.indexOf(lineFeed); at !== -1 && at < end; at = chunk.indexOf(lineFeed, at + 1))
      lines++;
    bytes += chunk.length;
  }
  return lines;
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
