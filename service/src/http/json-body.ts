import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

/**
 * Takes bodies only as UTF-8 JSON. Fastify's own parser would put U+FFFD in the place of bytes that are not UTF-8,
 * and ignore a charset or a compression that it does not read; here each is refused, so that what is stored
 * is what was sent.
 */
export function takeOnlyJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  const utf8 = new TextDecoder("utf-8", { fatal: true });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, body, done) => {
    if (body.length === 0 && request.method === "DELETE") return done(null, undefined);
    const unreadable = unreadableEncoding(request.headers);
    if (unreadable) return done(new Problem(415, "UNSUPPORTED_MEDIA_TYPE", unreadable));
    let text: string;
    try {
      text = utf8.decode(body);
    } catch (cause) {
      return done(new Problem(400, "INVALID_ENCODING", "The body is not valid UTF-8.", { cause }));
    }
    return parseJson(request, text, done);
  });
}

function unreadableEncoding(headers: Record<string, unknown>): string | undefined {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(String(headers["content-type"]))?.[1];
  if (charset && !/^utf-?8$/i.test(charset)) return `Send the body in UTF-8, not ${charset}.`;
  const compression = headers["content-encoding"];
  if (compression && compression !== "identity") return "Send the body without Content-Encoding.";
  return undefined;
}
