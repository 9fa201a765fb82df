import type { ClanRow } from "./repository.ts";
import type { ClanFilter } from "./schemas.ts";

/** SQL for: a clan passes the filter whose values are the parameters from `first` on. */
export const filterSql = (first: number) =>
  `($${first}::text is null or region = $${first})
   and ($${first + 1}::text is null or join_mode = $${first + 1})
   and ($${first + 2}::boolean is null or (member_count < max_members) = $${first + 2})`;

export const filterValues = (filter: ClanFilter = noFilter) => [
  filter.region,
  filter.join_mode,
  filter.has_room,
];

const noFilter: ClanFilter = { region: null, join_mode: null, has_room: null };

/** Whether a clan that was found by its key passes the filter. */
export const passes = (clan: ClanRow, { region, join_mode, has_room }: ClanFilter) =>
  (region === null || clan.region === region) &&
  (join_mode === null || clan.join_mode === join_mode) &&
  (has_room === null || clan.member_count < clan.max_members === has_room);
