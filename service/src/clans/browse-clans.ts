import type { Queryable } from "../database/database.ts";
import type { PageSlice } from "../http/pages.ts";
import { filterSql, filterValues } from "./filter-sql.ts";
import { type ClanRow, columns, isAfter, rawColumns } from "./repository.ts";
import type { ClanFilter, PageCursor, SizeCursor } from "./schemas.ts";
import { searchBounds } from "./search-bounds.ts";

interface BrowsedRange<Cursor> {
  filter: ClanFilter;
  after: Cursor | null;
  limit: number;
}

/** Where a clan is in an order. Every order ends with the id. */
interface Order<Cursor> {
  column: "created_at" | "member_count";
  cursorOf: (clan: ClanRow) => Cursor;
  /** SQL for: a clan comes after the cursor in $1 and $2; and what an index of the order knows of the filter, from $4 on. */
  range: string;
  keyOf: (cursor: Cursor) => unknown;
}

const newest: Order<PageCursor> = {
  column: "created_at",
  cursorOf: ({ created_at, id }) => ({ created_at, id }),
  // An index of each region has its clans in this order.
  range: `${isAfter("$1", "$2")} and ($5::text is null or region = $5)`,
  keyOf: ({ created_at }) => created_at,
};

const largest: Order<SizeCursor> = {
  column: "member_count",
  cursorOf: ({ member_count, id }) => ({ member_count, id }),
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
async function browse<Cursor extends { id: string }>(
  database: Queryable,
  { column, cursorOf, range, keyOf }: Order<Cursor>,
  { filter, after, limit }: BrowsedRange<Cursor>,
): Promise<PageSlice<ClanRow, Cursor>> {
  const { walked } = searchBounds;
  const { rows } = await database.query(
    `select ${columns}, passes, place
     from (
       select ${rawColumns}, ${filterSql(5)} as passes,
         row_number() over (order by ${column} desc, id desc) as place
       from clans
       where ${range}
       order by ${column} desc, id desc
       limit $4
     ) as clans
     where passes or place = $4
     order by clans.${column} desc, id desc
     limit $3`,
    [after && keyOf(after), after?.id, limit, walked, ...filterValues(filter)],
  );
  const last = rows.at(-1);
  // The last clan of the walk comes along whether it passes or not.
  const stoppedAt = Number(last?.place) === walked ? cursorOf(last) : null;
  const passing = rows.filter(({ passes }) => passes);
  return { rows: passing.map(({ passes: _, place: __, ...clan }) => clan), stoppedAt };
}
