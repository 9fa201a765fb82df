import { z } from "zod";
import { Problem } from "./problem.ts";
import { queryInteger } from "./query-integer.ts";

/** The part of a list's query string that selects the page. */
export const pageQuery = {
  page_size: queryInteger(1, 1_000, "How many entries a page has at most").prefault(50),
  page_token: z.string().optional().meta({ description: "next_page_token of the previous page" }),
};

/** The part of a list's response that leads to the next page. */
export const nextPageToken = z.string().nullable().meta({
  description:
    "page_token of the next page; null on the last one. A page may have fewer entries than page_size, or none, and still lead to another",
});

/** A time in a cursor: with microseconds, which a `Date` would lose. PostgreSQL has no year 0. */
export const cursorTime = z.iso.datetime({ precision: 6 }).refine((time) => !time.startsWith("0000"));

export interface PageRequest<Cursor> {
  page_size: number;
  page_token?: string | undefined;
  /** Identifies the filter or search: a token is valid only for the query that it came from. */
  queryFingerprint: string;
  /** Where a page ends: the keyset of its last row. */
  cursor: z.ZodType<Cursor>;
}

/** What was read for a page. */
export interface PageSlice<Row, Cursor> {
  rows: Row[];
  /** How far reading went when a bound ended it before there were enough rows; null when it had no such end. */
  stoppedAt: Cursor | null;
}

/**
 * One page of a list in keyset order: `read` gets at most `limit` rows after `after`, `cursorOf` returns a row's keyset.
 * @throws {Problem} 400 when `page_token` is invalid, or of another query
 */
export function readPage<Row, Cursor>(
  request: PageRequest<Cursor>,
  cursorOf: (row: Row) => Cursor,
  read: (range: { after: Cursor | null; limit: number }) => Promise<Row[]>,
): Promise<{ rows: Row[]; next_page_token: string | null }> {
  return readBoundedPage(request, cursorOf, async (range) => ({ rows: await read(range), stoppedAt: null }));
}

/** Like `readPage`, where `read` may stop before `limit` rows are found: the next page goes on from there. */
export async function readBoundedPage<Row, Cursor>(
  { page_size, page_token, queryFingerprint, cursor }: PageRequest<Cursor>,
  cursorOf: (row: Row) => Cursor,
  read: (range: { after: Cursor | null; limit: number }) => Promise<PageSlice<Row, Cursor>>,
): Promise<{ rows: Row[]; next_page_token: string | null }> {
  const after = page_token === undefined ? null : decodeToken(page_token, queryFingerprint, cursor);
  // One row more than requested shows whether there is a next page.
  const { rows: found, stoppedAt } = await read({ after, limit: page_size + 1 });
  const rows = found.slice(0, page_size);
  const last = rows.at(-1);
  const end = found.length > page_size && last !== undefined ? cursorOf(last) : stoppedAt;
  return { rows, next_page_token: end === null ? null : encodeToken(end, queryFingerprint) };
}

function encodeToken(cursor: unknown, queryFingerprint: string): string {
  return Buffer.from(JSON.stringify([cursor, queryFingerprint])).toString("base64url");
}

function decodeToken<Cursor>(token: string, queryFingerprint: string, cursor: z.ZodType<Cursor>): Cursor {
  const result = z.tuple([cursor, z.string()]).safeParse(parse(token));
  // The decoder skips characters that are not base64url; a token that contains any is invalid too.
  const isValid = result.success && token === Buffer.from(token, "base64url").toString("base64url");
  if (!isValid) {
    const detail = "page_token is invalid: send next_page_token of the previous page, unchanged.";
    throw new Problem(400, "INVALID_PAGE_TOKEN", detail);
  }
  const [decoded, fingerprint] = result.data;
  if (fingerprint !== queryFingerprint) {
    const detail = "page_token belongs to another query: keep the query the same from page to page.";
    throw new Problem(400, "INVALID_PAGE_TOKEN", detail);
  }
  return decoded;
}

function parse(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
