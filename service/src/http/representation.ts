import { PassThrough } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { chooseCoding, compress } from "./content-coding.ts";
import { entityTag, isNotModified, weakened } from "./entity-tag.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The `Cache-Control` of a GET route's 200, which then has an `ETag` as well; everything else is `no-store`. */
    cacheControl?: "no-cache" | "no-store";
    /** False where an `ETag` is sent back in `If-Match`, which never holds for a weak one: only who refuses anything else gets a coding. */
    isCompressed?: boolean;
  }
}

/**
 * Completes every answer to what HTTP calls a representation: `Cache-Control`; of GET routes that declare theirs, an `ETag`,
 * or 304 in place of what the client has; and compression of what is larger than a kilobyte. Streams, such as the files of the
 * docs page, are left as they are.
 */
export function completeRepresentations(app: FastifyInstance): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    const isBody = typeof payload === "string" || Buffer.isBuffer(payload);
    const cacheControl = reply.statusCode === 200 ? request.routeOptions.config?.cacheControl : undefined;
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", cacheControl ?? "no-store");
    if (!isBody || reply.hasHeader("content-encoding")) return done(null, payload);

    const isLeftAsItIs = request.routeOptions.config?.isCompressed === false;
    const coding = chooseCoding(
      String(request.raw.headers["accept-encoding"] ?? ""),
      isLeftAsItIs ? 0 : Buffer.byteLength(payload),
    );
    if (cacheControl !== undefined && isRead(request)) {
      vary(reply, "Accept-Encoding");
      const strong = entityTag(payload);
      const tag = coding ? weakened(strong) : strong;
      reply.header("etag", tag);
      if (isNotModified(request.raw.headers, tag)) {
        reply.code(304).removeHeader("content-type");
        return done(null, request.method === "HEAD" ? new PassThrough().end() : null);
      }
    }
    if (!coding) return done(null, payload);
    reply.header("content-encoding", coding);
    reply.removeHeader("content-length");
    vary(reply, "Accept-Encoding");
    compress(coding, payload, done);
  });
}

const isRead = ({ method }: FastifyRequest) => method === "GET" || method === "HEAD";

function vary(reply: FastifyReply, name: string): void {
  const names = reply.getHeader("vary");
  if (names === undefined) reply.header("vary", name);
  else if (!String(names).split(", ").includes(name)) reply.header("vary", `${names}, ${name}`);
}
