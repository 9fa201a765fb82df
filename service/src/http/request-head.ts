import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

/** For the option `http` of an app that calls `checkRequestHeads`: Node's own answer to a missing `Host` has neither body nor id. */
export const headOptions = { requireHostHeader: false };

/**
 * The URL by which a request is routed. Where Fastify could not decode the path, it would run no hook, and where it takes `#`
 * for the start of a query, others take it for the end of the URL: these get one that `checkRequestHeads` refuses.
 */
export function routedUrl(request: { url?: string | undefined }): string {
  const url = originForm(request);
  return url.includes("#") || !isDecodable(url) ? invalidUrl : url;
}

const invalidUrl = "invalid:";

function isDecodable(url: string): boolean {
  if (!url.includes("%")) return true;
  try {
    decodeURI(url.split("?", 1)[0] ?? "");
    return true;
  } catch {
    return false;
  }
}

/**
 * The path and the query of a request for `http://host/path`, as clients of a proxy send it: servers take it like one for `/path`.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
function originForm({ url = "/" }: { url?: string | undefined }): string {
  if (url.startsWith("/")) return url;
  const rest = absoluteForm.exec(url)?.[1];
  if (rest === undefined) return url;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

const absoluteForm = /^https?:\/\/[^/?#]+(.*)$/i;

/**
 * Refuses a path that is none, and what Node would answer without a body, or accept: HTTP/1.1 without a `Host` header, one that is no host, and any
 * request with several of what has to be unique, because two servers on its way might each believe another one; versions that
 * nobody speaks here; a `Transfer-Encoding` that it would not decode; and an `Expect` that nobody can meet.
 */
export function checkRequestHeads(app: FastifyInstance): void {
  app.server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    app.server.emit("request", request, response);
  });
  app.addHook("onRequest", ({ raw }, _reply, done) => done(faultOf(raw)));
}

function faultOf({ url, rawHeaders, headers, httpVersion }: IncomingMessage): Problem | undefined {
  // Node's parser takes 0.9 and 2.0 as well.
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return malformed("The request is not HTTP/1.1.");
  const counts = { host: 0, authorization: 0, "content-type": 0 };
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const written = rawHeaders[at] as string;
    // The lengths of the names below: most headers need not be copied in lower case.
    if (written.length !== 4 && written.length !== 12 && written.length !== 13) continue;
    const name = written.toLowerCase();
    if (name === "host" || name === "authorization" || name === "content-type") counts[name]++;
  }
  const { host, ...others } = counts;
  if (host > 1 || (host === 0 && httpVersion === "1.1"))
    return malformed(`A request has exactly one Host header; this one has ${host}.`);
  if (!isHost.test(headers.host ?? "")) return malformed("The Host header is not a host.");
  for (const [name, count] of Object.entries(others)) {
    if (count > 1) return malformed(`A request has at most one ${name} header; this one has ${count}.`);
  }
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") return unknownCoding;
  if (url === invalidUrl) return new Problem(400, "INVALID_URL", urlRule);
  if (headers.expect === undefined || /^\s*100-continue\s*$/i.test(headers.expect)) return undefined;
  return new Problem(417, "EXPECTATION_FAILED", "Expect can only be 100-continue.");
}

// https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2; a request for no host in particular has an empty one.
const isHost = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d{0,5})?$/i;

// https://www.rfc-editor.org/rfc/rfc9112#section-6.1; the body would be stored as it is, or its end be somewhere else.
const unknownCoding = new Problem(501, "NOT_IMPLEMENTED", "Transfer-Encoding can only be chunked.", {
  headers: { connection: "close" },
});

const urlRule = "The path is not a valid, percent-encoded URL; a # in it is written as %23.";

const malformed = (detail: string) => new Problem(400, "MALFORMED_REQUEST", detail);
