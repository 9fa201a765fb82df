import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";

/** The tag of an answer, made from what it depends on. It is weak: every encoding of the answer has the same. */
export function entityTag(...dependencies: unknown[]): string {
  return `W/"${hash("sha256", JSON.stringify(dependencies), "base64url").slice(0, 22)}"`;
}

/**
 * Whether the client has the answer with this tag already, by its `If-None-Match`.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
 */
export function isKnown({ headers }: FastifyRequest, tag: string): boolean {
  const known = headers["if-none-match"] ?? "";
  if (known.trim() === "*") return true;
  const opaqueTags = known.match(/"[^"]*"/g) ?? [];
  return opaqueTags.some((opaque) => tag === `W/${opaque}`);
}

/** Lets the browser keep the answer, if it asks each time whether it is current. Returns true for 304: the client has it. */
export function revalidate(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  reply.headers({ etag: tag, "cache-control": "private, no-cache" });
  if (!isKnown(request, tag)) return false;
  reply.code(304);
  return true;
}

/** What a route returns for an answer: its tag is made from all of it, and a client that has it gets 304 without a body. */
export const answerOrNotModified = <Answer>(request: FastifyRequest, reply: FastifyReply, answer: Answer) =>
  revalidate(request, reply, entityTag(answer)) ? reply.send(undefined) : answer;
