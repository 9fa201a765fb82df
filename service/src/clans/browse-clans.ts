import type { Queryable } from "../database/database.ts";
import type { PageSlice } from "../http/pages.ts";
import { filterSql, filterValues } from "./filter-sql.ts";
import { type ClanRow, isAfter } from "./repository.ts";
import type { ClanFilter, PageCursor, SizeCursor } from "./schemas.ts";
import { searchBounds } from "./search-bounds.ts";
import { type Walk, walkedSlice, walkSql } from "./walk.ts";

interface BrowsedRange<Cursor> {
  filter: ClanFilter;
  after: Cursor | null;
  limit: number;
}

/** A walk in an order, from where a clan is in it. */
interface Browsing<Cursor> {
  order: Walk["order"];
  sql: string;
  keyOf: (cursor: Cursor) => unknown;
}

/** `range` is SQL for: a clan comes after the cursor in $1 and $2; and what an index of the order knows of the filter, from $5 on. */
const browseSql = (order: Walk["order"], range: string) =>
  `with ${walkSql({ order, range, passes: filterSql(5), walked: "$4", limit: "$3" })}`;

const newest: Browsing<PageCursor> = {
  order: "created_at",
  // An index of each region has its clans in this order.
  sql: browseSql("created_at", `${isAfter("$1", "$2")} and ($5::text is null or region = $5)`),
  keyOf: ({ created_at }) => created_at,
};

const largest: Browsing<SizeCursor> = {
  order: "member_count",
  sql: browseSql(
    "member_count",
    "(member_count, id) < (coalesce($1::int, 501), coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))",
  ),
  keyOf: ({ member_count }) => member_count,
};

/** At most `limit` clans that pass a filter, newest first; fewer when that would take a look at too many others. */
export const browseNewest = (database: Queryable, range: BrowsedRange<PageCursor>) =>
  browse(database, newest, range);

/** At most `limit` clans that pass a filter, the largest first; fewer when that would take a look at too many others. */
export const browseLargest = (database: Queryable, range: BrowsedRange<SizeCursor>) =>
  browse(database, largest, range);

/** Looks at clans one by one: no index has them by each filter, and few enough are looked at whatever it is. */
async function browse<Cursor extends PageCursor | SizeCursor>(
  database: Queryable,
  { order, sql, keyOf }: Browsing<Cursor>,
  { filter, after, limit }: BrowsedRange<Cursor>,
): Promise<PageSlice<ClanRow, Cursor>> {
  const { rows } = await database.query(sql, [
    after && keyOf(after),
    after?.id,
    limit,
    searchBounds.walked,
    ...filterValues(filter),
  ]);
  return walkedSlice(order, rows);
}
