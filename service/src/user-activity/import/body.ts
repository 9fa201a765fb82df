import type { IncomingMessage } from "node:http";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { leastRate } from "../../http/open-bodies.ts";
import { bodyTooSlow, Problem, tooLarge } from "../../http/problem.ts";
import { TransferBudget } from "../../http/transfer-budget.ts";

const mebibyte = 2 ** 20;
// Cloud Run's limit over HTTP/1 (https://cloud.google.com/run/quotas).
const maxBodyBytes = 32 * mebibyte;
// In gzip, activity shrinks to between a third and a seventh; what shrinks far more is not activity.
const maxUnpackedBytes = 256 * mebibyte;
// As much as Node keeps of a body that nobody reads yet, so that waiting for it costs no memory.
const beginningBytes = 64 * 1_024;
// From its beginning on, a body holds one of a few places: 128 kbit/s.
const placeRate = { graceMs: 10_000, bytesPerSecond: 16 * 1_024 };

const inPieces = "; send it in pieces, as npm run send-activity does";

/** A body of which all, or enough to begin with, has arrived. */
export interface BegunBody {
  /**
   * Its bytes, unpacked when it is gzip.
   * @throws {Problem} 413 beyond the limits; 408 when the rest arrives too slowly; 400 when the body or its gzip is cut off
   */
  bytes: AsyncGenerator<Buffer>;
  /** Leaves the rest unread. */
  discard(): void;
}

/**
 * Waits until a body has arrived, or its beginning has.
 * @throws {Problem} 413 or 415 when it is refused; 408 when it arrives too slowly; 400 when it is cut off
 */
export async function beginBody(request: IncomingMessage, signal: AbortSignal): Promise<BegunBody> {
  if (Number(request.headers["content-length"]) > maxBodyBytes) throw tooLarge(maxBodyBytes, inPieces);
  const unpack = unpackerOf(request);
  const source = received(request, signal);
  const beginning: Buffer[] = [];
  for (let bytes = 0; bytes < beginningBytes; ) {
    const { done, value } = await source.next();
    if (done) break;
    beginning.push(value);
    bytes += value.length;
  }
  return {
    bytes: unpack(limit(joined(beginning, source), maxBodyBytes)),
    discard: () => void source.return(undefined),
  };
}

function unpackerOf({ headers }: IncomingMessage): (bytes: AsyncGenerator<Buffer>) => AsyncGenerator<Buffer> {
  // An empty one says that there is none.
  const encoding = headers["content-encoding"]?.trim().toLowerCase() || "identity";
  if (encoding === "identity") return (bytes) => bytes;
  if (encoding === "gzip" || encoding === "x-gzip")
    return (bytes) => limit(unpacked(bytes), maxUnpackedBytes, " unpacked");
  const detail = "Send the body as it is, or with Content-Encoding: gzip.";
  throw new Problem(415, "UNSUPPORTED_MEDIA_TYPE", detail);
}

async function* joined(beginning: Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* beginning;
  yield* rest;
}

async function* limit(chunks: AsyncIterable<Buffer>, maxBytes: number, when = ""): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes, when + inPieces);
    yield chunk;
  }
}

async function* received(request: IncomingMessage, signal: AbortSignal): AsyncGenerator<Buffer> {
  // The request outlives this iterator: a body that is refused is answered too.
  const chunks = request.iterator({ destroyOnReturn: false });
  let budget = new TransferBudget(leastRate);
  let bytes = 0;
  try {
    while (true) {
      // Only the time of waiting for the sender counts: reading pauses while PostgreSQL is busy.
      const startedAt = performance.now();
      const { done, value } = await within(budget.leftMs, chunks.next(), signal);
      if (done) return;
      budget.record(performance.now() - startedAt, value.length);
      const hadBegun = bytes >= beginningBytes;
      bytes += value.length;
      if (!hadBegun && bytes >= beginningBytes) budget = new TransferBudget(placeRate);
      yield value;
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(400, "BODY_INCOMPLETE", "The body was cut off; none of it was stored.", { cause });
  } finally {
    // Otherwise Node could not drain the rest. Not awaited: after a silence, it would wait for the next chunk.
    void chunks.return?.(undefined);
  }
}

/** Waits for a chunk, but neither too long nor after the signal: a client that drips would hold its place for ever. */
async function within<T>(ms: number, next: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    // After a stall of this process, the chunk may have arrived and only has to be read.
    timer = setTimeout(() => setImmediate(() => reject(bodyTooSlow())), Math.max(0, ms));
  });
  try {
    return await Promise.race([next, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

async function* unpacked(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  let failure: unknown;
  let packedBytes = 0;
  const counted = async function* () {
    for await (const chunk of packed) {
      packedBytes += chunk.length;
      yield chunk;
    }
  };
  pipeline(Readable.from(counted()), gunzip, (error) => {
    failure = error;
  });
  try {
    yield* gunzip;
  } catch (error) {
    // The first cause counts: when the body is refused, unpacking fails as well.
    const cause = failure ?? error;
    if (cause instanceof Problem) throw cause;
    throw damagedGzip(cause);
  }
  // Node ignores what follows a gzip member and is not another one.
  if (gunzip.bytesWritten !== packedBytes) throw damagedGzip();
}

function damagedGzip(cause?: unknown): Problem {
  const detail = "The gzip body is damaged or cut off; none of it was stored.";
  return new Problem(400, "INVALID_GZIP", detail, { cause });
}
