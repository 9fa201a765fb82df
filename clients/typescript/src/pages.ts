import { ApiError } from "./errors.ts";

/**
 * The entries of all pages. A page may have fewer entries than asked for, or none: as long as there is a `next_page_token`,
 * more may follow.
 * @throws {ApiError} when an answer has no entries
 * @throws {Error} when a page leads to itself: reading on would never end
 */
export async function* entriesOf<Page extends { next_page_token: string | null }, Entry>(
  readPage: (token: string | undefined) => Promise<Page>,
  entriesIn: (page: Page) => Entry[],
): AsyncGenerator<Entry, void, undefined> {
  let token: string | undefined;
  do {
    const page = await readPage(token);
    const entries: unknown = entriesIn(page);
    if (!Array.isArray(entries))
      throw new ApiError(200, undefined, "answers no page of a list: is it the service?");
    yield* entries;
    const next = page.next_page_token || undefined;
    if (next !== undefined && next === token)
      throw new Error(
        "The service answered a page with that page's own token: stopped, because the list would never end.",
      );
    token = next;
  } while (token !== undefined);
}
