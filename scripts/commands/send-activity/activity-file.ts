import { closeSync, openSync, readSync, statSync } from "node:fs";
import { gunzipSync, constants as zlib } from "node:zlib";
import { csv, type Format, ndjson } from "@clan-platform/contract/lines/formats.ts";
import { formatOf } from "@clan-platform/warehouse/loading/format-of-file.ts";
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

/**
 * Looks at the first bytes of a file, which say what it is, before anything is sent.
 * @throws {CliError} when it can't be read, is empty or of an unknown kind, or has a wrong header
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
  const start = readStart(path);
  const format = findFormat(path, isPacked ? unpackStart(path, start) : start);
  return { path, size: statSync(path).size, format, isPacked };
}

function readStart(path: string): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const start = Buffer.alloc(64 * 1_024);
    return start.subarray(0, readSync(descriptor, start));
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
