import type { Queryable } from "../database/database.ts";
import { filterSql, filterValues } from "./filter-sql.ts";
import { type ClanRow, columns, isAfter, rawColumns } from "./repository.ts";
import type { SearchBounds, SearchRange } from "./search-bounds.ts";

/**
 * Searches the index of grams, which is every three consecutive characters of a name. Null when it would find too many: every gram of
 * the text is one of `frequentGrams`, or more than `candidates` clans have all of them. Also null when the text has none, because
 * folding left it with fewer than three characters.
 */
export async function searchByGrams(
  database: Queryable,
  { name, after, limit, filter }: SearchRange,
  frequentGrams: string,
  { candidates, timeoutMs }: Pick<SearchBounds, "candidates" | "timeoutMs">,
): Promise<ClanRow[] | null> {
  const { rows } = await database.query({
    text: `
      with folded as materialized (
        select clan_name_key($1) as part
      ),
      -- The index finds nothing by null.
      wanted as materialized (
        select part, case when not grams <@ $5::bigint[] then grams end as grams
        from folded, clan_name_grams(part) as grams
      ),
      -- In no order: the index alone can stop early, and no other one would.
      candidates as materialized (
        select ${rawColumns}, name_key
        from clans
        where clan_name_grams(name_key) @> (select grams from wanted)
        limit $6
      ),
      -- Without the columns that are computed: the sort would have those of all candidates.
      page as (
        select ${rawColumns}
        from candidates as clans
        where (select count(*) from candidates) < $6
          and strpos(name_key, (select part from wanted)) > 0 and ${isAfter("$2", "$3")}
          and ${filterSql(7)}
        order by clans.created_at desc, id desc
        limit $4
      )
      select grams is not null and (select count(*) from candidates) < $6 as is_complete, ${columns}
      from wanted left join page as clans on true
      order by clans.created_at desc, clans.id desc`,
    values: [
      name,
      after?.created_at,
      after?.id,
      limit,
      frequentGrams,
      candidates + 1,
      ...filterValues(filter),
    ],
    cancelAfterMs: timeoutMs,
  });
  if (!rows[0].is_complete) return null;
  return rows.filter(({ id }) => id !== null).map(({ is_complete: _, ...clan }) => clan);
}
