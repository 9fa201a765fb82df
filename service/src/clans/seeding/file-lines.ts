import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { InputError } from "@clan-platform/contract/errors.ts";
import { isBeforeHeader } from "@clan-platform/contract/lines/before-header.ts";
import { type Line, readLines } from "@clan-platform/contract/lines/read-lines.ts";
import { ClanFileError } from "./clan-file-error.ts";

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

const standardInput = "-";

/** What messages call the file of a path. */
export const fileName = (path: string) => (path === standardInput ? "standard input" : path);

/**
 * The lines of a text file, or of standard input for `-`, that are not blank, without Excel's `sep=;` before the header.
 * @throws {ClanFileError} when the file can't be read, is not UTF-8, or has a line of more than 64 KiB
 */
export async function readFileLines(path: string): Promise<Line[]> {
  const refuse = (why: string, cause?: unknown) =>
    new ClanFileError(`${fileName(path)} ${why}; nothing was seeded.`, { cause });
  const bytes = await readBytes(path);
  const problem = otherKind(bytes);
  if (problem) throw refuse(problem);
  const lines: Line[] = [];
  try {
    for await (const block of readLines(Readable.from([withLineFeeds(bytes)]))) lines.push(...block);
  } catch (cause) {
    if (cause instanceof InputError) {
      const [why = ""] = cause.message.split("; nothing was stored.");
      throw refuse(`can't be read: ${why}`, cause);
    }
    throw cause;
  }
  const foreign = lines.find(({ text }) => text === null);
  if (foreign) throw refuse(`is not UTF-8 (line ${foreign.number}): save it as UTF-8 and try again`);
  const filled = lines.filter(({ text }) => text?.trim() !== "");
  return isBeforeHeader(filled[0]?.text ?? "") ? filled.slice(1) : filled;
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return path === standardInput ? await buffer(process.stdin) : await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const why = reasons[code] ?? String(cause);
    throw new ClanFileError(`${fileName(path)} can't be read: ${why}; nothing was seeded.`, { cause });
  }
}

const reasons: Record<string, string> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: `this user may not read it: permit that, or send it to standard input with the file name ${standardInput}`,
};

/** What a file is whose first bytes are not those of UTF-8. */
function otherKind(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (hasMark || first === 0 || second === 0) {
    return "is UTF-16, or no text: save it as UTF-8 (in Excel: CSV UTF-8) and try again";
  }
  if (first === 0x1f && second === 0x8b) return "is gzip: unpack it with gunzip and try again";
  if (bytes.toString("latin1", 0, 2) === "PK")
    return "is a workbook or a zip: save it as CSV UTF-8 and try again";
  return undefined;
}

/** Excel for Mac can end lines with carriage returns alone. */
function withLineFeeds(bytes: Buffer): Buffer {
  if (bytes.includes(lineFeed)) return bytes;
  return bytes.map((byte) => (byte === carriageReturn ? lineFeed : byte)) as Buffer;
}
