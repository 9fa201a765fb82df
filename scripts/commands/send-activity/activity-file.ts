import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { gunzipSync, constants as zlib } from "node:zlib";
import { csv, type Format, ndjson } from "@clan-platform/contract/lines/formats.ts";
import { formatOf } from "@clan-platform/warehouse/loading/format-of-file.ts";
import { countLines, endsWithinLine } from "@clan-platform/warehouse/loading/inspect-lines.ts";
import { packingOf } from "@clan-platform/warehouse/loading/packing.ts";
import { UnfitFile } from "@clan-platform/warehouse/loading/unfit-file.ts";
import { CliError } from "../terminal/cli-error.ts";

export interface ActivityFile {
  path: string;
  /** On disk, in bytes. */
  size: number;
  format: Format;
  /** Whether it is gzip, whatever its name: browsers unpack what they download, and keep the name. */
  isPacked: boolean;
}

const lineFeed = 0x0a;

/**
 * Looks at the first bytes of a file, which say what it is, and at its end, before anything is sent. The end of one that is
 * packed shows only when it is read.
 * @throws {CliError} when it can't be read, is empty or of an unknown kind, has a wrong header, or is cut off within a line
 */
export async function openActivityFile(path: string): Promise<ActivityFile> {
  const unreadable = (cause: unknown) => {
    throw new CliError(`${path} can't be read: ${String(cause)}; nothing was sent.`, { cause });
  };
  const packing = await packingOf(path).catch(unreadable);
  if (packing === "parquet") {
    throw new CliError(
      `${path} is Parquet, which the service does not take: load it with npm run load-raw, or send it as CSV; nothing was sent.`,
    );
  }
  const isPacked = packing === "gzip";
  const { size } = statSync(path);
  const start = readAt(path, 0, 64 * 1_024);
  const format = findFormat(path, isPacked ? unpackStart(path, start) : start);
  if (!isPacked && readAt(path, size - 1, 1)[0] !== lineFeed) {
    const problem = endsWithinLine(await countLines(createReadStream(path), size));
    throw new CliError(`${path} ${problem}; nothing was sent.`);
  }
  return { path, size, format, isPacked };
}

function readAt(path: string, position: number, bytes: number): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const content = Buffer.alloc(bytes);
    return content.subarray(0, readSync(descriptor, content, 0, bytes, position));
  } finally {
    closeSync(descriptor);
  }
}

function unpackStart(path: string, start: Buffer): Buffer {
  try {
    return gunzipSync(start, { finishFlush: zlib.Z_SYNC_FLUSH });
  } catch (cause) {
    throw new CliError(`${path} is damaged or cut off (gzip); nothing was sent.`, { cause });
  }
}

function findFormat(path: string, start: Buffer): Format {
  try {
    return formatOf(start).name === "ndjson" ? ndjson : csv;
  } catch (cause) {
    if (cause instanceof UnfitFile) throw new CliError(`${path} ${cause.message}`, { cause });
    throw cause;
  }
}
