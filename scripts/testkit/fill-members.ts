import type pg from "pg";
import { clanId } from "./fill-clans.ts";
import { withoutIndexOfNames } from "./without-index-of-names.ts";

/** The nth player of `fillMembers`, from 0. */
export const playerId = (n: number) => `player-${n}`;

/** The clan that the user is in. */
export const clanOfPlayer = (n: number, { clans }: { clans: number }) => clanId(n % clans);

/** Fills the tables with clans and members: the nth clan has the players n, n + clans, … of whom the first leads. */
export async function fillMembers(
  client: pg.Client,
  { clans, members }: { clans: number; members: number },
): Promise<void> {
  await withoutIndexOfNames(client, async () => {
    await client.query("begin");
    await client.query(
      `insert into clans (id, name, region, created_at, member_count, leader_user_id)
     select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'clan ' || n,
       (array['EU', 'US', 'TR', null])[1 + n % 4], timestamptz '2024-01-01' + n * interval '7 s',
       $2::int / $1::int, 'player-' || n
     from generate_series(0, $1::int - 1) n`,
      [clans, members],
    );
    await client.query(
      `insert into clan_members (user_id, clan_id, role, joined_at)
     select 'player-' || n, ('00000000-0000-7000-8000-' || lpad(to_hex(n % $1::int), 12, '0'))::uuid,
       (case when n < $1::int then 'leader' else 'member' end)::clan_role, timestamptz '2024-02-01' + n * interval '1 s'
     from generate_series(0, $2::int - 1) n`,
      [clans, members],
    );
    await client.query(
      `insert into clan_membership_periods (user_id, clan_id, joined_at)
     select user_id, clan_id, joined_at from clan_members`,
    );
    await client.query("commit");
  });
  await client.query("vacuum analyze clans, clan_members, clan_membership_periods");
}
