import type { Queryable } from "../database/database.ts";
import type { PageSlice } from "../http/pages.ts";
import { filterSql, filterValues } from "./filter-sql.ts";
import { type ClanRow, columns, isAfter, rawColumns } from "./repository.ts";
import type { PageCursor } from "./schemas.ts";
import type { SearchBounds, SearchRange } from "./search-bounds.ts";

/** Searches at most `walked` clans, one by one from the newest on; `stoppedAt` is the last of them when that was not enough. */
export async function walkClans(
  database: Queryable,
  { name, after, limit, filter }: SearchRange,
  { walked, timeoutMs }: Pick<SearchBounds, "walked" | "timeoutMs">,
): Promise<PageSlice<ClanRow, PageCursor>> {
  const { rows } = await database.query({
    text: `
      with folded as materialized (
        select clan_name_key($1) as part
      )
      select ${columns}, is_match, place
      from (
        select ${rawColumns},
          strpos(name_key, (select part from folded)) > 0 and ${filterSql(6)} as is_match,
          row_number() over (order by created_at desc, id desc) as place
        from clans
        where ${isAfter("$2", "$3")}
        order by created_at desc, id desc
        limit $5
      ) as clans
      where is_match or place = $5
      order by clans.created_at desc, id desc
      limit $4`,
    values: [name, after?.created_at, after?.id, limit, walked, ...filterValues(filter)],
    cancelAfterMs: timeoutMs,
  });
  const last = rows.at(-1);
  // The last clan of the walk comes along whether it matches or not.
  const stoppedAt = Number(last?.place) === walked ? { created_at: last.created_at, id: last.id } : null;
  const matches = rows.filter(({ is_match }) => is_match);
  return { rows: matches.map(({ is_match: _, place: __, ...clan }) => clan), stoppedAt };
}
