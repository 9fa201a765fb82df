import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";
import type { FastifyCompressOptions } from "@fastify/compress";
import type { FastifyReply, FastifyRequest } from "fastify";

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** How responses and files are compressed: fast, because they stay on this machine. */
export const compressOptions: FastifyCompressOptions = {
  encodings: ["br", "gzip"],
  brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
};

/** Compresses the JSON of an answer once, because every load of the page requests it again. */
export async function compressAnswer(json: string): Promise<Buffer> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: json.length };
  return compress(json, { params });
}

export const decompressAnswer = async (brotli: Buffer): Promise<string> => String(await decompress(brotli));

/** Sends the answer as it is when the client accepts Brotli. Compresses with gzip, or not at all, otherwise. */
export async function sendCompressed(
  brotli: Buffer,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.type("application/json; charset=utf-8");
  reply.header("vary", "accept-encoding");
  if (!/\bbr\b/.test(String(request.headers["accept-encoding"])))
    return reply.send(await decompressAnswer(brotli));
  return reply.header("content-encoding", "br").send(brotli);
}
