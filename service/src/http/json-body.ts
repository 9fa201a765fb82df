import type { IncomingHttpHeaders } from "node:http";
import { parseExactJson } from "@clan-platform/contract/exact-json.ts";
import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

/**
 * Accepts only bodies in UTF-8 JSON. Fastify's own parser would replace invalid UTF-8 by U+FFFD, and ignore a charset
 * or a compression that it can't decode; here each is refused, so that exactly what was sent is stored. A field `__proto__` is
 * one like any other, which schemas name as unknown: JSON.parse sets no prototype, and nothing here copies unknown fields.
 */
export function jsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  addParser(app, "application/json");
  app.addHook("onRequest", ({ raw: { headers }, routeOptions }, _reply, done) => {
    // Of a body that is not there and has not to be, the type says nothing: `curl -d ""` and many libraries send that of a form.
    const { "content-length": length = "0", "transfer-encoding": coding } = headers;
    if (length === "0" && coding === undefined && routeOptions.schema?.body === undefined)
      delete headers["content-type"];
    done();
  });
}

/** Lets the routes of `app` take JSON merge patches as well: https://www.rfc-editor.org/rfc/rfc7396 */
export const acceptMergePatches = (app: FastifyInstance) => addParser(app, mergePatch);

export const mergePatch = "application/merge-patch+json";

function addParser(app: FastifyInstance, mediaType: string): void {
  const utf8 = new TextDecoder("utf-8", { fatal: true });

  app.addContentTypeParser<Buffer>(mediaType, { parseAs: "buffer" }, (request, body, done) => {
    // Many clients name the type of a body that they don't send.
    if (body.length === 0 && request.routeOptions.schema?.body === undefined) return done(null, undefined);
    const unreadable = foreignCharset(request.headers) ?? compressed(request.headers);
    if (unreadable) return done(unreadable);
    if (body.length === 0) return done(invalidJson("The body is empty; a JSON object is expected."));
    let text: string;
    try {
      text = utf8.decode(body);
    } catch (cause) {
      return done(new Problem(400, "INVALID_ENCODING", "The body is not valid UTF-8.", { cause }));
    }
    let value: unknown;
    try {
      value = parseExactJson(text);
    } catch (cause) {
      return done(invalidJson("The body is not valid JSON.", cause));
    }
    done(null, value);
  });
}

const invalidJson = (detail: string, cause?: unknown) => new Problem(400, "INVALID_JSON", detail, { cause });

/** 415 when a body declares a charset other than UTF-8. */
export function foreignCharset(headers: IncomingHttpHeaders): Problem | undefined {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(String(headers["content-type"]))?.[1];
  if (!charset || /^utf-?8$/i.test(charset)) return undefined;
  return new Problem(415, "UNSUPPORTED_MEDIA_TYPE", `Send the body in UTF-8, not ${charset}.`);
}

function compressed(headers: IncomingHttpHeaders): Problem | undefined {
  const compression = headers["content-encoding"];
  if (!compression || /^\s*identity\s*$/i.test(compression)) return undefined;
  return new Problem(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body without Content-Encoding.");
}
