import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { Problem } from "./problem.ts";

/** The strong entity tag of a body as it is sent without a coding. */
export function entityTag(body: string | Buffer): string {
  return `"${hash("sha256", body, "base64url").slice(0, 22)}"`;
}

/**
 * The tag of the same body in a coding. It is weak: the bytes depend on the compressor and its version, which may differ
 * between two instances.
 */
export const weakened = (tag: string) => `W/${tag}`;

/** Whether a GET with these headers is answered 304: the client has the body with this tag already. */
export function isNotModified({ "if-none-match": known }: IncomingHttpHeaders, tag: string): boolean {
  return known !== undefined && lists(known, tag, opaque);
}

/**
 * Checks the preconditions of a request that changes what has this tag.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
 * @throws {Problem} 412 when one does not hold
 */
export function requirePreconditions(headers: IncomingHttpHeaders, tag: string): void {
  const { "if-match": expected, "if-none-match": excluded } = headers;
  // Strong comparison: a weak tag never matches.
  if (expected !== undefined && !lists(expected, tag, (other) => other)) throw preconditionFailed("If-Match");
  if (excluded !== undefined && lists(excluded, tag, opaque)) throw preconditionFailed("If-None-Match");
}

/** Whether a request that changes something has a precondition. */
export const hasPreconditions = (headers: IncomingHttpHeaders) =>
  headers["if-match"] !== undefined || headers["if-none-match"] !== undefined;

/** The response without a body to a GET whose `If-None-Match` has the ETag of what it would get. */
export const NotModified = z.undefined().meta({ description: "What If-None-Match names is still current" });

/** The preconditions of a request that changes something. */
export const PreconditionHeaders = z.object({
  "if-match": z
    .string()
    .optional()
    .meta({
      description: "ETag of the clan as it was read; 412 when it is another by now",
      examples: ['"JCj9Z5fYzGPr5l3pYZGqDg"'],
    }),
  "if-none-match": z.string().optional().meta({ description: "ETags with which it is not done" }),
});

// Anything but a list of tags has none: w/"x" is no strong "x".
const entityTags = /(?<![^\s,])(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
const opaque = (tag: string) => tag.replace(/^W\//, "");

/** Whether a list of tags, or `*`, has one that compares equal. */
function lists(list: string, tag: string, compared: (tag: string) => string): boolean {
  if (list.trim() === "*") return true;
  return (list.match(entityTags) ?? []).some((other) => compared(other) === compared(tag));
}

function preconditionFailed(header: string): Problem {
  const detail = `It is not, or no longer, as ${header} demands; get it again, and send its new ETag.`;
  return new Problem(412, "PRECONDITION_FAILED", detail);
}
