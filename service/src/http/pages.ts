import { z } from "zod";
import { Problem } from "./problem.ts";

/** The part of a list's query string that says which page. */
export const pageQuery = {
  page_size: z
    .string()
    .regex(/^0*([1-9]\d{0,2}|1000)$/, "must be a whole number from 1 to 1000")
    .transform(Number)
    .default(50)
    .meta({ description: "1 to 1000, by default 50" }),
  page_token: z.string().optional().meta({ description: "next_page_token of the page before" }),
};

/** The part of a list's answer that leads on. */
export const nextPageToken = z
  .string()
  .nullable()
  .meta({ description: "page_token of the next page; null on the last one" });

export interface Paging<End> {
  page_size: number;
  page_token?: string | undefined;
  /** The filter or search that is paged through: a token is good for no other. */
  question: string;
  /** The keyset of a page's last row. */
  end: z.ZodType<End>;
}

/**
 * One page of a list in keyset order: `read` gets at most `limit` rows after `after`, `endOf` takes a row's keyset.
 * @throws {Problem} 400 when `page_token` is none of ours, or of another question
 */
export async function readPage<Row, End>(
  { page_size, page_token, question, end }: Paging<End>,
  endOf: (row: Row) => End,
  read: (range: { after: End | null; limit: number }) => Promise<Row[]>,
): Promise<{ rows: Row[]; next_page_token: string | null }> {
  const after = page_token === undefined ? null : decodeToken(page_token, question, end);
  // One more than asked for tells whether there is a next page.
  const found = await read({ after, limit: page_size + 1 });
  const rows = found.slice(0, page_size);
  const last = rows.at(-1);
  const isLastPage = found.length <= page_size || last === undefined;
  return { rows, next_page_token: isLastPage ? null : encodeToken(endOf(last), question) };
}

function encodeToken(end: unknown, question: string): string {
  return Buffer.from(JSON.stringify([end, question])).toString("base64url");
}

function decodeToken<End>(token: string, question: string, end: z.ZodType<End>): End {
  const result = z.tuple([end, z.string()]).safeParse(parse(token));
  // The decoder skips what is not base64url; a token with that in it is none of ours either.
  const isOurs = result.success && token === Buffer.from(token, "base64url").toString("base64url");
  if (!isOurs) {
    const detail = "page_token is not one of ours: take next_page_token of the page before, unchanged.";
    throw new Problem(400, "INVALID_PAGE_TOKEN", detail);
  }
  const [pageEnd, askedBefore] = result.data;
  if (askedBefore !== question) {
    const detail = "page_token belongs to another query: keep the query the same from page to page.";
    throw new Problem(400, "INVALID_PAGE_TOKEN", detail);
  }
  return pageEnd;
}

function parse(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
