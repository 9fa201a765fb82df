import type pg from "pg";
import { fillMembers } from "./fill-members.ts";

/** Clans, the nth with the players n, n + clans, … of whom the first leads; and as many entries of everything else. */
export async function fillMemberships(
  client: pg.Client,
  filled: { clans: number; members: number },
): Promise<void> {
  await fillMembers(client, filled);
  await client.query(
    `insert into user_activity
     select user_id, current_date - n, 'IOS', date '2024-01-01', null, 1, 1, 1, 1, 1, 0, 0, 0.1, 0.25
     from clan_members cross join unnest(array[0, 1, 40]) n`,
  );
  await client.query(
    `insert into clan_scores (clan_id, days, region, matches_ended, victories)
     select id, days, region, hashtext(id::text) & 255, hashtext(id::text) & 127
     from clans cross join unnest(array[1, 7, 30]) as span (days)`,
  );
  for (const table of ["clan_join_requests", "clan_invitations"]) {
    await client.query(
      `insert into ${table} (clan_id, user_id, created_at)
       select clan_id, 'asking-' || user_id, now() - random() * interval '9 days' from clan_members`,
    );
  }
  await client.query(
    "insert into erased_users select 'erased-' || n, now() from generate_series(1, 10000) n",
  );
  await client.query(
    "vacuum analyze user_activity, clan_scores, clan_join_requests, clan_invitations, erased_users",
  );
}
