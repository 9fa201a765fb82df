import type pg from "pg";

/** What must hold of clans and members at any moment, each as a query for what breaks it. */
const broken = {
  "member_count is not the number of members, or above max_members": `
    select id from clans
    where member_count <> (select count(*) from clan_members where clan_id = id) or member_count > max_members`,
  "not exactly one leader": `
    select clan_id from clan_members
    group by clan_id
    having count(*) filter (where role = 'leader') <> 1`,
  "not the leader that the clan names": `
    select id from clans
    where leader_user_id is distinct from (select user_id from clan_members where clan_id = id and role = 'leader')`,
  "open periods are not the memberships": `
    select user_id from (select user_id, clan_id, joined_at from clan_membership_periods where left_at is null) as open
    full join clan_members using (user_id, clan_id, joined_at)
    where open.* is null or clan_members.* is null`,
  "periods of a player overlap": `
    select user_id from (
      select user_id, left_at, lead(joined_at) over (partition by user_id order by joined_at, id) as next
      from clan_membership_periods
    ) as period
    where next is not null and (left_at is null or next < left_at)`,
};

export interface BrokenRule {
  rule: string;
  /** Of clans, or of players. */
  found: unknown[];
}

/** The rules of clans and members that are broken, of what is committed. */
export async function findBrokenRules(client: pg.Client): Promise<BrokenRule[]> {
  const results: BrokenRule[] = [];
  for (const [rule, query] of Object.entries(broken))
    results.push({ rule, found: (await client.query(query)).rows });
  return results.filter(({ found }) => found.length > 0);
}
