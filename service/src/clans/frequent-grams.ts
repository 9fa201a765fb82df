import type { Queryable } from "../database/database.ts";

// The statistics change with an ANALYZE, which follows after the table has grown by a tenth.
const freshMs = 60_000;

/**
 * Returns a function for the grams that at least so many clans have, as text of a `bigint[]`; null when a table with so many clans has
 * no statistics yet. Reading them takes longer than a search, so they are kept for a minute, and read again while searches go on with
 * the old ones.
 */
export function cacheFrequentGrams(database: Queryable, clansAtLeast: number): () => Promise<string | null> {
  let known: Promise<string | null> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  return () => {
    if (performance.now() - readAt > freshMs) {
      readAt = performance.now();
      const reading = readFrequentGrams(database, clansAtLeast);
      const previous = known;
      known ??= reading;
      reading.then(
        () => {
          known = reading;
        },
        () => {
          // The next search tries again; the first ones have failed with it.
          known = previous;
          readAt = Number.NEGATIVE_INFINITY;
        },
      );
    }
    return known as Promise<string | null>;
  };
}

async function readFrequentGrams(database: Queryable, clansAtLeast: number): Promise<string | null> {
  const text = "select frequent_clan_name_grams($1)::text as grams";
  const { rows } = await database.query(text, [clansAtLeast]);
  return rows[0].grams;
}
