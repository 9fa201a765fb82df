import { utcText } from "../clans/repository.ts";
import type { Queryable } from "../database/database.ts";
import type { Leaderboard, LeaderboardQuery } from "./schemas.ts";

const columns = { victories: "victories", matches: "matches_ended" };

/** The clans with most victories or matches, from the scores of the last refresh. */
export async function readLeaderboard(
  database: Queryable,
  { days, by, region, limit }: LeaderboardQuery,
): Promise<Leaderboard> {
  const column = columns[by];
  const { rows } = await database.query(
    `select
       (rank() over (order by best.${column} desc))::int as rank,
       best.clan_id, clans.name, clans.region, clans.member_count, best.matches_ended, best.victories
     from (
       select clan_id, matches_ended, victories
       from clan_scores
       where days = $1 ${region === undefined ? "" : "and region = $3"}
       order by ${column} desc, clan_id
       limit $2
     ) as best
     join clans on clans.id = best.clan_id
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
