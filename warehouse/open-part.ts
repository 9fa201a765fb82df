import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { basename, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { rawTable } from "./table.ts";
import { type Part, WarehouseError } from "./warehouse.ts";

// In larger pieces than by default, a tenth of the time goes less into passing them on.
const chunkBytes = 2 ** 20;

/** The first line of a part: the contract's columns, in its order. */
export const partHeader = rawTable.fields.map(({ name }) => name).join(",");

/**
 * Looks at a whole csv or csv.gz file before anything of it is loaded, and unpacks it into `folder`.
 * @throws {WarehouseError} when it is missing, damaged, or not of this table
 */
export async function openPart(path: string, folder: string): Promise<Part> {
  const hash = createHash("sha256");
  const unpacked = join(folder, `${basename(path)}.unpacked`);
  const isPacked = path.toLowerCase().endsWith(".gz");
  try {
    await pipeline([
      createReadStream(path, { highWaterMark: chunkBytes }),
      passingBy((chunk) => void hash.update(chunk)),
      ...(isPacked ? [createGunzip({ chunkSize: chunkBytes })] : []),
      checkingStart(path),
      createWriteStream(unpacked),
    ]);
  } catch (cause) {
    throw cause instanceof WarehouseError ? cause : unreadable(path, cause);
  }
  return { path, digest: hash.digest("hex"), unpacked };
}

function passingBy(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

/** Refuses a file by its first line, before the rest is read. */
function checkingStart(path: string): Transform {
  let start: Buffer | undefined = Buffer.alloc(0);
  const check = () => {
    const problem = start && problemOf(start);
    start = undefined;
    return problem ? new WarehouseError(`${path} ${problem}; nothing of it was loaded.`) : null;
  };
  return new Transform({
    transform(chunk, _encoding, done) {
      if (start) start = Buffer.concat([start, chunk]);
      const isEnough = start && (start.includes("\n") || start.length > 64 * 1_024);
      done(isEnough ? check() : null, chunk);
    },
    flush(done) {
      done(start ? check() : null);
    },
  });
}

function problemOf(start: Buffer): string | undefined {
  if (start.length === 0) return "is empty";
  if (start[0] === 0xff || start[0] === 0xfe) return "is UTF-16: save it as UTF-8";
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) {
    return "begins with a byte order mark: save it as UTF-8 without one";
  }
  const header = (start.toString("utf8").split("\n", 1)[0] ?? "").slice(0, 1_000);
  if (header === `${partHeader}\r`) return "has Windows line ends (CRLF): save it with LF alone";
  if (header === partHeader) return undefined;
  const names = header.split(",").map((name) => name.trim());
  const isReordered = names.toSorted().join(",") === partHeader.split(",").toSorted().join(",");
  const what = isReordered ? "has the right columns in another order" : "is not a part of this table";
  return `${what}: its first line is "${header.slice(0, 200)}", and it has to be ${partHeader}`;
}

function unreadable(path: string, cause: unknown): WarehouseError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const why = /^Z_/.test(code)
    ? "is damaged or cut off (gzip)"
    : code === "ENOENT"
      ? "can't be read: there is no such file"
      : `can't be read: ${cause instanceof Error ? cause.message : cause}`;
  return new WarehouseError(`${path} ${why}; nothing of it was loaded.`, { cause });
}
