import type { Queryable } from "../database/database.ts";
import { cappedSum } from "./capped-sum.ts";
import { coversEndOf } from "./end-of-day.ts";
import type { ClanActivity } from "./schemas.ts";

type Sums = Pick<ClanActivity, "days" | "members">;

/**
 * What the members of a clan did from one day to another, by day and by member; nothing of a clan that was deleted. Reads the rows
 * of these members alone.
 */
export async function readClanActivity(
  database: Queryable,
  { clanId, from, to }: { clanId: string; from: string; to: string },
): Promise<Sums> {
  const { rows } = await database.query(
    `with periods as materialized (
       select user_id, joined_at, left_at
       from clan_membership_periods
       where clan_id = $1
         -- Periods outlive their clan.
         and exists (select from clans where id = $1)
         and coalesce(left_at, 'infinity') >= ($2::date + 1)::timestamp at time zone 'utc'
         and joined_at < ($3::date + 1)::timestamp at time zone 'utc'
     )
     select
       to_char(history.event_date, 'YYYY-MM-DD') as event_date,
       history.user_id,
       count(distinct history.user_id)::int as active_members,
       count(distinct history.event_date)::int as active_days,
       ${cappedSum("history.match_start_count")}::int as matches_started,
       ${cappedSum("history.match_end_count")}::int as matches_ended,
       ${cappedSum("history.victory_count")}::int as victories
     from periods
     join user_activity as history
       on history.user_id = periods.user_id and history.event_date between $2 and $3
     where ${coversEndOf("history.event_date", "periods")}
     group by grouping sets ((history.event_date), (history.user_id))`,
    [clanId, from, to],
  );
  const days = rows.filter(({ event_date }) => event_date !== null);
  const members = rows.filter(({ user_id }) => user_id !== null);
  return {
    days: days
      .map(({ user_id: _, active_days: __, ...day }) => day)
      .toSorted((a, b) => (a.event_date < b.event_date ? -1 : 1)),
    members: members
      .map(({ event_date: _, active_members: __, ...member }) => member)
      .toSorted(
        (a, b) =>
          b.victories - a.victories || b.matches_ended - a.matches_ended || (a.user_id < b.user_id ? -1 : 1),
      ),
  };
}
