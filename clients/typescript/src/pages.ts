/**
 * The entries of all pages. A page may have fewer entries than asked for, or none: as long as there is a `next_page_token`,
 * more may follow.
 */
export async function* entriesOf<Page extends { next_page_token: string | null }, Entry>(
  readPage: (token: string | undefined) => Promise<Page>,
  entriesIn: (page: Page) => Entry[],
): AsyncGenerator<Entry, void, undefined> {
  let token: string | undefined;
  do {
    const page = await readPage(token);
    yield* entriesIn(page);
    token = page.next_page_token ?? undefined;
  } while (token !== undefined);
}
