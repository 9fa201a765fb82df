import { lockClan } from "../clans/lock-clan.ts";
import { noSuchClan } from "../clans/problems.ts";
import { type ClanRow, findClan } from "../clans/repository.ts";
import type { Database, Queryable } from "../database/database.ts";
import { retriedTransaction } from "../database/retried-transaction.ts";
import { keptFor } from "../retention/kept-for.ts";
import { clanFull, clanNotOpen, inAnotherClan, membershipContended } from "./problems.ts";
import { columns, findMembership } from "./repository.ts";
import type { MemberRow } from "./schemas.ts";
import type { ClanTurns } from "./turns.ts";

export interface Joining {
  member: MemberRow;
  /** False for somebody who was in the clan already. */
  isNew: boolean;
  /** What has made the player a member now, or need not any more: where they had a valid entry for this clan. */
  ended: ("clan_join_requests" | "clan_invitations")[];
}

/**
 * Lets a player join an open clan.
 * @throws {Problem} 404 without the clan; 409 when the player is in another one, or this one is full or not open
 */
export async function joinClan(
  database: Database,
  { inTurn, limited }: ClanTurns,
  clanId: string,
  userId: string,
): Promise<Joining> {
  // What is refused waits for no lock: of a popular clan, that is most.
  const known = await limited(clanId, async () => {
    const clan = await findClan(database, clanId);
    if (!clan) throw noSuchClan(clanId);
    const known = await knownJoining(database, clan, userId);
    if (!known) refuseUnlessOpen(clan);
    return known;
  });
  if (known) return known;
  return inTurn(clanId, () =>
    retriedTransaction(database, (tx) => joinWithin(tx, clanId, userId, refuseUnlessOpen)),
  );
}

/**
 * Lets a player join a clan that has room, if `mayJoin` does not throw.
 * @throws {Problem} 404 without the clan; 409 when the player is in another one, or this one is full
 */
export async function joinWithin(
  tx: Queryable,
  clanId: string,
  userId: string,
  mayJoin: (clan: ClanRow) => void = refuseWhenFull,
): Promise<Joining> {
  const clan = await lockClan(tx, clanId);
  if (!clan) throw noSuchClan(clanId);
  // Between the two statements of an attempt, the player may have left a clan, or joined one.
  for (let attempt = 0; attempt < 3; attempt++) {
    const known = await knownJoining(tx, clan, userId);
    if (known) return known;
    mayJoin(clan);
    if (await insertMember(tx, clan.id, userId, clan.member_count === 0 ? "leader" : "member"))
      return { ...(await completeJoining(tx, userId, 1)), isNew: true };
  }
  throw membershipContended();
}

/** Makes a player the leader of a clan that was created with them, in the same transaction. @throws {Problem} 409 when the player is in another one */
export async function becomeFirstMember(tx: Queryable, clanId: string, userId: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await insertMember(tx, clanId, userId, "leader")) {
      await completeJoining(tx, userId, 0);
      return;
    }
    const other = await findMembership(tx, userId);
    if (other) throw inAnotherClan(other.clan_id);
  }
  throw membershipContended();
}

async function knownJoining(
  database: Queryable,
  clan: ClanRow,
  userId: string,
): Promise<Joining | undefined> {
  const member = await findMembership(database, userId);
  if (!member) return undefined;
  if (member.clan_id !== clan.id) throw inAnotherClan(member.clan_id);
  return { member, isNew: false, ended: [] };
}

function refuseWhenFull({ member_count, max_members }: ClanRow): void {
  if (member_count >= max_members) throw clanFull(max_members);
}

function refuseUnlessOpen(clan: ClanRow): void {
  if (clan.join_mode !== "open") throw clanNotOpen(clan.join_mode);
  refuseWhenFull(clan);
}

/** False when the player is in a clan. While another transaction lets them join or leave one, this waits for its end. */
async function insertMember(
  tx: Queryable,
  clanId: string,
  userId: string,
  role: "leader" | "member",
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: "insert-member",
    text: `insert into clan_members (clan_id, user_id, role, joined_at)
     values ($1, $2, $3, clock_timestamp())
     on conflict (user_id) do nothing`,
    values: [clanId, userId, role],
  });
  return rowCount === 1;
}

/**
 * Does what else is part of joining: begins a period of the history, counts `added` members, and deletes the player's requests and
 * invitations. A statement after the insertion, because only now it is sure when they left the clan before: the insertion may have
 * waited for that, and a clock may have been set back.
 */
async function completeJoining(tx: Queryable, userId: string, added: 0 | 1): Promise<Omit<Joining, "isNew">> {
  const { rows } = await tx.query({
    name: "complete-joining",
    text: `
      with joined as (
        select member.user_id, member.clan_id, member.role, greatest(member.joined_at, last.left_at) as joined_at
        from clan_members as member
        left join lateral (
          select left_at from clan_membership_periods as period
          where period.user_id = member.user_id
          order by joined_at desc, id desc
          limit 1
        ) as last on true
        where member.user_id = $1
      ), corrected as (
        update clan_members set joined_at = joined.joined_at
        from joined
        where clan_members.user_id = $1 and clan_members.joined_at < joined.joined_at
      ), begun as (
        insert into clan_membership_periods (user_id, clan_id, joined_at)
        select user_id, clan_id, joined_at from joined
      ), counted as (
        update clans set
          member_count = member_count + $2::int,
          leader_user_id = coalesce(leader_user_id, $1),
          version = version + $2::int,
          updated_at = case $2::int when 0 then updated_at else clock_timestamp() end
        from joined
        where clans.id = joined.clan_id
      ), asked as (
        delete from clan_join_requests where user_id = $1 returning clan_id, created_at, 'clan_join_requests' as source
      ), invited as (
        delete from clan_invitations where user_id = $1 returning clan_id, created_at, 'clan_invitations' as source
      )
      select ${columns}, array(
        select source from (select * from asked union all select * from invited) as entry
        where entry.clan_id = joined.clan_id and created_at > now() - interval '${keptFor.pendingMemberships}'
      ) as ended
      from joined`,
    values: [userId, added],
  });
  const { ended, ...member } = rows[0];
  return { member, ended };
}
