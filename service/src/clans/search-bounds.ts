import type { ClanFilter, PageCursor } from "./schemas.ts";

export interface SearchRange {
  name: string;
  after: PageCursor | null;
  limit: number;
  filter?: ClanFilter;
}

/** How much one search may cost. */
export interface SearchBounds {
  /** The index is asked only when fewer clans than this have the rarest three characters of the text in a row. */
  indexEntries: number;
  /** The most clans that are read one by one because the index has found them. */
  candidates: number;
  /** The most clans that are read from the newest on, where the index would find too many. */
  walked: number;
  /** When PostgreSQL cancels a statement, in ms. */
  timeoutMs: number;
}

/** Each bound costs a few milliseconds among 3,000,000 clans (`npm run bench -- service`). */
export const searchBounds: SearchBounds = {
  indexEntries: 20_000,
  candidates: 2_000,
  walked: 5_000,
  timeoutMs: 1_000,
};
