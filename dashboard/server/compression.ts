import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { FastifyCompressOptions } from "@fastify/compress";
import type { FastifyReply, FastifyRequest } from "fastify";

const compress = promisify(brotliCompress);

/** How responses and files are compressed: fast, because they stay on this machine. */
export const compressOptions: FastifyCompressOptions = {
  encodings: ["br", "gzip"],
  brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
};

/** An answer that is serialised and compressed once, because every load of the page requests it again. */
export interface CompressedAnswer {
  json: string;
  brotli: Buffer;
}

export async function compressAnswer(answer: unknown): Promise<CompressedAnswer> {
  const json = JSON.stringify(answer);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: json.length };
  return { json, brotli: await compress(json, { params }) };
}

/** Sends the answer compressed when the client accepts Brotli. Compresses with gzip, or not at all, otherwise. */
export function sendCompressed(
  { json, brotli }: CompressedAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.type("application/json; charset=utf-8");
  reply.header("vary", "accept-encoding");
  if (!/\bbr\b/.test(String(request.headers["accept-encoding"]))) return reply.send(json);
  return reply.header("content-encoding", "br").send(brotli);
}
