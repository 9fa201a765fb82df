import type { Queryable } from "../database/database.ts";
import type { PageSlice } from "../http/pages.ts";
import { filterSql, filterValues } from "./filter-sql.ts";
import { type ClanRow, isAfter } from "./repository.ts";
import type { PageCursor } from "./schemas.ts";
import type { SearchBounds, SearchRange } from "./search-bounds.ts";
import { walkedSlice, walkSql } from "./walk.ts";

const order = "created_at";
const walk = walkSql({
  order,
  range: isAfter("$2", "$3"),
  passes: `strpos(name_key, (select part from folded)) > 0 and ${filterSql(6)}`,
  walked: "$5",
  limit: "$4",
});

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
      ),
      ${walk}`,
    values: [name, after?.created_at, after?.id, limit, walked, ...filterValues(filter)],
    cancelAfterMs: timeoutMs,
  });
  return walkedSlice(order, rows);
}
