import type { IncomingMessage } from "node:http";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Problem, tooLarge } from "../../http/problem.ts";

const mebibyte = 2 ** 20;
// Cloud Run's limit over HTTP/1 (https://cloud.google.com/run/quotas).
const maxBodyBytes = 32 * mebibyte;
// In gzip, activity shrinks to between a third and a seventh; what shrinks far more is not activity.
const maxUnpackedBytes = 256 * mebibyte;
const maxSilenceMs = 20_000;

const inPieces = "; send it in pieces, as npm run send-activity does";

/**
 * The bytes of a request's body, unpacked when it is gzip.
 * @throws {Problem} 413 beyond the limits; 408 when the client stops sending; 400 when the body or its gzip is cut off
 */
export function readBody(request: IncomingMessage, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (Number(request.headers["content-length"]) > maxBodyBytes) throw tooLarge(maxBodyBytes, inPieces);
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const bytes = limit(received(request, signal), maxBodyBytes);
  if (encoding === "identity") return bytes;
  if (encoding === "gzip" || encoding === "x-gzip")
    return limit(unpacked(bytes), maxUnpackedBytes, " unpacked");
  const detail = "Send the body as it is, or with Content-Encoding: gzip.";
  throw new Problem(415, "UNSUPPORTED_MEDIA_TYPE", detail);
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
  try {
    while (true) {
      const { done, value } = await orSilence(chunks.next(), signal);
      if (done) return;
      yield value;
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(400, "BODY_INCOMPLETE", "The body was cut off; nothing of it was stored.", { cause });
  } finally {
    // Otherwise Node could not drain the rest. Not awaited: after a silence, it would wait for the next chunk.
    void chunks.return?.(undefined);
  }
}

/** Waits for a chunk, but neither too long nor after the signal: a client that drips would hold its place for ever. */
async function orSilence<T>(next: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const silence = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    timer = setTimeout(() => {
      const detail = `Nothing of the body came for ${maxSilenceMs / 1_000} s; nothing of it was stored.`;
      reject(new Problem(408, "REQUEST_TIMEOUT", detail));
    }, maxSilenceMs);
  });
  try {
    return await Promise.race([next, silence]);
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
  const detail = "The gzip body is damaged or cut off; nothing of it was stored.";
  return new Problem(400, "INVALID_GZIP", detail, { cause });
}
