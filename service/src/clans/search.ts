import type { Queryable } from "../database/database.ts";
import { isCancelled } from "../database/failures.ts";
import type { PageSlice } from "../http/pages.ts";
import { cacheFrequentGrams } from "./frequent-grams.ts";
import type { ClanRow } from "./repository.ts";
import type { PageCursor } from "./schemas.ts";
import { type SearchRange, searchBounds } from "./search-bounds.ts";
import { searchByGrams } from "./search-by-grams.ts";
import { walkClans } from "./walk-clans.ts";

/**
 * Returns a function that searches for at most `limit` clans after `after`, newest first, whose name contains `name` regardless of
 * case. An index finds texts that few clans have. Where it would find too many, clans are looked at from the newest on; when that
 * ends at its bound, fewer are returned, maybe none, and the rest is to be searched after `stoppedAt`.
 */
export function createSearch(
  database: Queryable,
  bounds = searchBounds,
): (range: SearchRange) => Promise<PageSlice<ClanRow, PageCursor>> {
  const frequentGrams = cacheFrequentGrams(database, bounds.indexEntries);

  return async (range) => {
    const frequent = await frequentGrams();
    const rows =
      frequent === null ? null : await searchByGrams(database, range, frequent, bounds).catch(giveUp);
    return rows ? { rows, stoppedAt: null } : walkClans(database, range, bounds);
  };
}

/** Far more clans than the statistics say have these characters; the walk needs no statistics. */
function giveUp(error: unknown): null {
  if (isCancelled(error)) return null;
  throw error;
}
