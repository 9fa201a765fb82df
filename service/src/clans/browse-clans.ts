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

/** Where a clan is in an order. */
interface Order<Cursor> {
  order: Walk["order"];
  /** SQL for: a clan comes after the cursor in $1 and $2; and what an index of the order knows of the filter, from $4 on. */
  range: string;
  keyOf: (cursor: Cursor) => unknown;
}

const newest: Order<PageCursor> = {
  order: "created_at",
  // An index of each region has its clans in this order.
  range: `${isAfter("$1", "$2")} and ($5::text is null or region = $5)`,
  keyOf: ({ created_at }) => created_at,
};

const largest: Order<SizeCursor> = {
  order: "member_count",
  range:
    "(member_count, id) < (coalesce($1::int, 501), coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))",
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
  { order, range, keyOf }: Order<Cursor>,
  { filter, after, limit }: BrowsedRange<Cursor>,
): Promise<PageSlice<ClanRow, Cursor>> {
  const walk = walkSql({ order, range, passes: filterSql(5), walked: "$4", limit: "$3" });
  const { rows } = await database.query(`with ${walk}`, [
    after && keyOf(after),
    after?.id,
    limit,
    searchBounds.walked,
    ...filterValues(filter),
  ]);
  return walkedSlice(order, rows);
}
