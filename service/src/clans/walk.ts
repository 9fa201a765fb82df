import { utcText } from "../database/utc-text.ts";
import type { PageSlice } from "../http/pages.ts";
import { type ClanRow, columns, rawColumns } from "./repository.ts";
import type { PageCursor, SizeCursor } from "./schemas.ts";

/** A walk through clans in an order that an index has, each part as SQL. Every order ends with the id. */
export interface Walk {
  order: "created_at" | "member_count";
  /** The clans that are left to walk. */
  range: string;
  passes: string;
  /** How many clans are looked at, and how many are returned, at most. */
  walked: string;
  limit: string;
}

/**
 * SQL for the clans that pass, in their order. Each row also has the last clan of a walk that ended before there were enough of them.
 * Numbering the clans on the way would take as long as the walk itself.
 */
export const walkSql = ({ order, range, passes, walked, limit }: Walk) => `
  page as materialized (
    select ${rawColumns}
    from (
      select ${rawColumns}, name_key
      from clans
      where ${range}
      order by ${order} desc, id desc
      limit ${walked}
    ) as clans
    where ${passes}
    order by ${order} desc, id desc
    limit ${limit}
  ),
  stop as (
    select ${order} as place, id as stopped_id
    from clans
    where (select count(*) from page) < ${limit} and ${range}
    order by ${order} desc, id desc
    offset ${walked} - 1
    limit 1
  )
  select ${columns}, ${order === "created_at" ? utcText("place") : "place"} as stopped_at, stopped_id
  from (values (1)) as one left join stop on true left join page as clans on true
  order by clans.${order} desc, clans.id desc`;

interface WalkRow extends Omit<ClanRow, "id"> {
  id: string | null;
  stopped_at: string | number | null;
  stopped_id: string | null;
}

/** What the rows of a walk say. */
export function walkedSlice<Cursor extends PageCursor | SizeCursor>(
  order: Walk["order"],
  rows: WalkRow[],
): PageSlice<ClanRow, Cursor> {
  const [first] = rows;
  const stoppedAt = first?.stopped_id
    ? ({ [order]: first.stopped_at, id: first.stopped_id } as Cursor)
    : null;
  const isClan = (row: WalkRow): row is WalkRow & ClanRow => row.id !== null;
  return { rows: rows.filter(isClan).map(({ stopped_at: _, stopped_id: __, ...clan }) => clan), stoppedAt };
}
