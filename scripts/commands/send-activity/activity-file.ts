import { closeSync, openSync, readSync, statSync } from "node:fs";
import { gunzipSync, constants as zlib } from "node:zlib";
import { InputError } from "@clan-platform/contract/errors.ts";
import { csv, type Format, ndjson } from "@clan-platform/contract/lines/formats.ts";
import { formatOf, UnfitStart } from "@clan-platform/warehouse/loading/format-of-file.ts";
import { CliError } from "../terminal/cli-error.ts";

export interface ActivityFile {
  path: string;
  /** On disk, in bytes. */
  size: number;
  format: Format;
  /** Whether it is gzip, whatever its name: browsers unpack what they download, and keep the name. */
  isPacked: boolean;
}

/**
 * Looks at the first bytes of a file, which say what it is, before anything is sent.
 * @throws {CliError} when it can't be read, is empty or of an unknown kind, or has a wrong header
 */
export function openActivityFile(path: string): ActivityFile {
  const start = readStart(path);
  const isPacked = start[0] === 0x1f && start[1] === 0x8b;
  const format = findFormat(path, isPacked ? unpackStart(path, start) : start);
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
    throw new CliError(`${path} can't be read: ${String(cause)}; nothing was sent.`, { cause });
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
  if (start.toString("latin1", 0, 4) === "PAR1") {
    throw new CliError(
      `${path} is Parquet, which the service does not take: load it with npm run load-raw, or send it as CSV; nothing was sent.`,
    );
  }
  try {
    return formatOf(start).name === "ndjson" ? ndjson : csv;
  } catch (cause) {
    if (cause instanceof UnfitStart) {
      throw new CliError(`${path} ${cause.message}; nothing was sent.`, { cause });
    }
    if (cause instanceof InputError) throw new CliError(`${path}: ${cause.message}`, { cause });
    throw cause;
  }
}
