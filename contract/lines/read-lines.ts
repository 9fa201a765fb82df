import { isUtf8 } from "node:buffer";
import { InputError } from "../errors.ts";

/** The most bytes that a line may have, in UTF-8, without its line feed. */
export const maxLineBytes = 64 * 1_024;
// One UTF-16 unit of a text is at most three bytes of UTF-8, so a shorter text needs no counting.
const surelyShort = maxLineBytes / 3;

/** A line without its line end; null when it is not UTF-8. The first one has number 1. */
export interface Line {
  number: number;
  text: string | null;
}

const lineFeed = 0x0a;
const nothing = Buffer.alloc(0);

/**
 * Splits bytes into lines, in blocks as they come; a byte order mark and blank lines are left out.
 * @throws {InputError} for a line of more than 64 KiB, or for more than `maxLines` lines
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  { maxLines = Number.POSITIVE_INFINITY } = {},
): AsyncGenerator<Line[]> {
  let rest: Buffer = nothing;
  let count = 0;
  const cut = (block: Buffer) => {
    const lines = toLines(block, count);
    count += lines.length;
    if (count > maxLines) throw tooMany(maxLines);
    return lines.filter(({ text }) => text !== "");
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    const isFirst = count === 0;
    if (end > 0) {
      const block = Buffer.concat([rest, chunk.subarray(0, end - 1)]);
      yield cut(isFirst ? withoutMark(block) : block);
      rest = nothing;
    }
    rest = Buffer.concat([rest, chunk.subarray(end)]);
    if (rest.length > maxLineBytes) throw tooLong(count + 1);
  }
  if (rest.length > 0) yield cut(count === 0 ? withoutMark(rest) : rest);
}

function toLines(block: Buffer, before: number): Line[] {
  const texts = isUtf8(block) ? block.toString("utf8").split("\n") : decodeEach(block, before);
  return texts.map((text, index) => {
    const number = before + index + 1;
    if (text === null) return { number, text };
    if (text.length > surelyShort && Buffer.byteLength(text) > maxLineBytes) throw tooLong(number);
    return { number, text: text.endsWith("\r") ? text.slice(0, -1) : text };
  });
}

/** The slow way, for a block with a line that is not UTF-8. */
function decodeEach(block: Buffer, before: number): (string | null)[] {
  const texts: (string | null)[] = [];
  for (let start = 0; start <= block.length; ) {
    const found = block.indexOf(lineFeed, start);
    const end = found === -1 ? block.length : found;
    const line = block.subarray(start, end);
    if (line.length > maxLineBytes) throw tooLong(before + texts.length + 1);
    texts.push(isUtf8(line) ? line.toString("utf8") : null);
    start = end + 1;
  }
  return texts;
}

function withoutMark(block: Buffer): Buffer {
  const hasMark = block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf;
  return hasMark ? block.subarray(3) : block;
}

function tooLong(line: number): InputError {
  const message = `Line ${line} is longer than ${maxLineBytes / 1_024} KiB; nothing was stored.`;
  return new InputError("LINE_TOO_LONG", message);
}

function tooMany(maxLines: number): InputError {
  const message = `There are more than ${maxLines.toLocaleString("en")} lines; nothing was stored.`;
  return new InputError("TOO_MANY_LINES", message);
}
