import type { Queryable } from "../database/database.ts";
import { utcText } from "../database/utc-text.ts";
import type { Leaderboard, LeaderboardQuery } from "./schemas.ts";

const columns = { victories: "victories", matches: "matches_ended" };

/** The clans with most victories or matches, from the scores of the last refresh; their regions too are those of that time. */
export async function readLeaderboard(
  database: Queryable,
  { days, by, region, limit }: LeaderboardQuery,
): Promise<Leaderboard> {
  const column = columns[by];
  const { rows } = await database.query(
    `select
       (rank() over (order by best.${column} desc))::int as rank,
       best.clan_id, best.name, best.region, best.member_count, best.matches_ended, best.victories
     from (
       select score.*, clan.name, clan.member_count
       from clan_scores as score
       -- Clans that were deleted since have a score. "offset 0" keeps it a lookup per score, in their order, up to the limit.
       cross join lateral (select name, member_count from clans where id = score.clan_id offset 0) as clan
       where score.days = $1 ${region === undefined ? "" : "and score.region = $3"}
       order by score.${column} desc, score.clan_id
       limit $2
     ) as best
     order by best.${column} desc, best.clan_id`,
    [days, limit, ...(region === undefined ? [] : [region])],
  );
  return { as_of: await refreshedAt(database), days, clans: rows };
}

async function refreshedAt(database: Queryable): Promise<string | null> {
  const text = `select ${utcText("refreshed_at")} as as_of from leaderboard_refresh`;
  const { rows } = await database.query({ name: "leaderboard-refreshed-at", text });
  return rows[0]?.as_of ?? null;
}
