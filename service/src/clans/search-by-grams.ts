import type { Queryable } from "../database/database.ts";
import { filterSql, filterValues } from "./filter-sql.ts";
import { type ClanRow, columns, isAfter, rawColumns } from "./repository.ts";
import type { SearchBounds, SearchRange } from "./search-bounds.ts";

interface Found {
  clans: ClanRow[];
  /** False when too many clans have the grams that were asked for, or none was. */
  isComplete: boolean;
  /** The text has more grams than were asked for. */
  isLoose: boolean;
}

type Bounds = Pick<SearchBounds, "candidates" | "timeoutMs">;

/**
 * Searches the index of grams, which is every three consecutive characters of a name. Null when it would find too many: every gram of
 * the text is one of `frequentGrams`, or more than `candidates` clans have all of them. Also null when the text has none, because
 * folding left it with fewer than three characters.
 */
export async function searchByGrams(
  database: Queryable,
  range: SearchRange,
  frequentGrams: string,
  bounds: Bounds,
): Promise<ClanRow[] | null> {
  // The lists of the frequent grams take most of the time, and the others leave few clans almost always.
  let found = await find(database, range, { frequentGrams, bounds, asksForAll: false });
  if (!found.isComplete && found.isLoose)
    found = await find(database, range, { frequentGrams, bounds, asksForAll: true });
  return found.isComplete ? found.clans : null;
}

async function find(
  database: Queryable,
  { name, after, limit, filter }: SearchRange,
  {
    frequentGrams,
    bounds: { candidates, timeoutMs },
    asksForAll,
  }: { frequentGrams: string; bounds: Bounds; asksForAll: boolean },
): Promise<Found> {
  const { rows } = await database.query({
    text: `
      with folded as materialized (
        select clan_name_key($1) as part
      ),
      -- Each once: the index would look for a repeated one again.
      grams as (
        select
          array_agg(distinct gram) as every,
          array_agg(distinct gram) filter (where gram <> all ($5::bigint[])) as rare
        from folded, unnest(clan_name_grams(part)) as gram
      ),
      -- The index finds nothing by null. A single gram alone would leave too many clans.
      wanted as materialized (
        select
          part,
          every,
          case when cardinality(rare) > 1 and not $7 then rare when rare is not null then every end as asked
        from folded, grams
      ),
      -- In no order: the index alone can stop early, and no other one would.
      candidates as materialized (
        select ${rawColumns}, name_key
        from clans
        where clan_name_grams(name_key) @> (select asked from wanted)
        limit $6
      ),
      -- Without the columns that are computed: the sort would have those of all candidates.
      page as (
        select ${rawColumns}
        from candidates as clans
        where (select count(*) from candidates) < $6
          and strpos(name_key, (select part from wanted)) > 0 and ${isAfter("$2", "$3")}
          and ${filterSql(8)}
        order by clans.created_at desc, id desc
        limit $4
      )
      select
        asked is not null and (select count(*) from candidates) < $6 as is_complete,
        cardinality(asked) < cardinality(every) as is_loose,
        ${columns}
      from wanted left join page as clans on true
      order by clans.created_at desc, clans.id desc`,
    values: [
      name,
      after?.created_at,
      after?.id,
      limit,
      frequentGrams,
      candidates + 1,
      asksForAll,
      ...filterValues(filter),
    ],
    cancelAfterMs: timeoutMs,
  });
  const [{ is_complete: isComplete, is_loose: isLoose }] = rows;
  const clans = rows.filter(({ id }) => id !== null).map(({ is_complete: _, is_loose: __, ...clan }) => clan);
  return { clans, isComplete, isLoose };
}
