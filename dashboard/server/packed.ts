import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";

const compress = promisify(brotliCompress);

/** An answer as it is sent: written and packed once, for it is asked for again with every load of the page. */
export interface Packed {
  json: string;
  brotli: Buffer;
}

export async function pack(answer: unknown): Promise<Packed> {
  const json = JSON.stringify(answer);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: json.length };
  return { json, brotli: await compress(json, { params }) };
}

/** Sends it packed to who takes that. */
export function sendPacked({ json, brotli }: Packed, request: FastifyRequest, reply: FastifyReply) {
  reply.type("application/json; charset=utf-8");
  reply.header("vary", "accept-encoding");
  if (!/\bbr\b/.test(String(request.headers["accept-encoding"]))) return reply.send(json);
  return reply.header("content-encoding", "br").send(brotli);
}
