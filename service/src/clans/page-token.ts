import { z } from "zod";
import { Problem } from "../http/problem.ts";

/** Where a page ended: the keyset of its last clan. `created_at` has microseconds, which a `Date` would lose. */
export interface PageEnd {
  created_at: string;
  id: string;
}

// PostgreSQL has no year 0.
const createdAt = z.iso.datetime({ precision: 6 }).refine((time) => !time.startsWith("0000"));
const Token = z.tuple([createdAt, z.uuid(), z.string()]);

/** An opaque token for the page after `end`. It is good only for the same `question` (the filter or search). */
export function encodePageToken(end: PageEnd, question: string): string {
  return Buffer.from(JSON.stringify([end.created_at, end.id, question])).toString("base64url");
}

/**
 * Reads a token that `encodePageToken` made.
 * @throws {Problem} 400 when it is none, or was made for another question
 */
export function decodePageToken(token: string, question: string): PageEnd {
  const result = Token.safeParse(parse(token));
  // The decoder skips what is not base64url; a token with that in it is none of ours either.
  const isOurs = result.success && token === Buffer.from(token, "base64url").toString("base64url");
  if (!isOurs) {
    const detail = "page_token is not one of ours: take next_page_token of the page before, unchanged.";
    throw new Problem(400, "INVALID_PAGE_TOKEN", detail);
  }
  const [created_at, id, askedBefore] = result.data;
  if (askedBefore !== question) {
    const detail = "page_token belongs to another region or name: keep the query the same from page to page.";
    throw new Problem(400, "INVALID_PAGE_TOKEN", detail);
  }
  return { created_at, id };
}

function parse(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
