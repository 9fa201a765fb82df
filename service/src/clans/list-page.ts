import type { z } from "zod";
import type { Queryable } from "../database/database.ts";
import { type PageRequest, type PageSlice, readBoundedPage } from "../http/pages.ts";
import { browseLargest, browseNewest } from "./browse-clans.ts";
import { passes } from "./filter-sql.ts";
import { type ClanRow, findClanByName, findClansByIds, listClans } from "./repository.ts";
import { type ClanFilter, type ClanPage, type ListQuery, maxIds, PageCursor, SizeCursor } from "./schemas.ts";

type Page = z.infer<typeof ClanPage>;
type PageQuery = Pick<PageRequest<unknown>, "page_size" | "page_token">;
type Read<Cursor> = (range: { after: Cursor | null; limit: number }) => Promise<PageSlice<ClanRow, Cursor>>;

/** A page of the clans that a query of the list asks for. */
export function listPage(database: Queryable, query: z.infer<typeof ListQuery>): Promise<Page> {
  const { name, ids, sort } = query;
  const filter = filterOf(query);
  const { region } = filter;
  const rest = { ...filter, region: null };
  const isFiltered = textOf(rest) !== "";
  const asked = `${region ?? ""}${textOf(rest)}`;

  if (name !== undefined) {
    return readClanPage(query, `named ${name} in ${asked} of ${ids ?? ""}`, async () => {
      const clan = await findClanByName(database, { name, region });
      const isAsked = clan && passes(clan, filter) && (ids === undefined || ids.includes(clan.id));
      return { rows: isAsked ? [clan] : [], stoppedAt: null };
    });
  }
  if (ids !== undefined) {
    return readClanPage({ ...query, page_size: maxIds }, `ids ${ids} in ${asked} by ${sort}`, async () => {
      const clans = await findClansByIds(database, { ids, sort });
      return { rows: clans.filter((clan) => passes(clan, filter)), stoppedAt: null };
    });
  }
  if (sort === "members") {
    const cursorOf = ({ member_count, id }: ClanRow) => ({ member_count, id });
    const request = { ...query, queryFingerprint: `largest in ${asked}`, cursor: SizeCursor };
    return readBoundedPage(request, cursorOf, (range) => browseLargest(database, { filter, ...range })).then(
      toPage,
    );
  }
  return readClanPage(query, `region ${asked}`, async (range) =>
    isFiltered
      ? browseNewest(database, { filter, ...range })
      : { rows: await listClans(database, { region, ...range }), stoppedAt: null },
  );
}

/** A page of clans, newest first. */
export async function readClanPage(
  query: PageQuery,
  queryFingerprint: string,
  read: Read<PageCursor>,
): Promise<Page> {
  const cursorOf = ({ created_at, id }: ClanRow) => ({ created_at, id });
  return toPage(await readBoundedPage({ ...query, queryFingerprint, cursor: PageCursor }, cursorOf, read));
}

const toPage = ({ rows, next_page_token }: { rows: ClanRow[]; next_page_token: string | null }): Page => ({
  clans: rows,
  next_page_token,
});

/** A filter in the fingerprint of a query; empty without one, as in page tokens of versions that had none. */
export const textOf = (filter: ClanFilter): string =>
  Object.values(filter).some((value) => value !== null) ? ` with ${JSON.stringify(filter)}` : "";

/** The filter that a query asks for. */
export function filterOf({
  region = null,
  join_mode = null,
  has_room = null,
}: {
  [Name in keyof ClanFilter]?: ClanFilter[Name] | undefined;
}): ClanFilter {
  return { region, join_mode, has_room };
}
