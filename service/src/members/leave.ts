import { lockClan } from "../clans/lock-clan.ts";
import { noSuchClan } from "../clans/problems.ts";
import { findClan } from "../clans/repository.ts";
import type { Queryable } from "../database/database.ts";
import { noSuchMember } from "./problems.ts";
import { findMembership } from "./repository.ts";

/** Why a membership ended, as the history has it. */
export type LeavingReason = "left" | "kicked" | "erased";

/** Whether the caller may remove the player is decided in `permissions.ts`. @throws {Problem} 404 without the clan, or when the player is not in it */
export async function requireMembership(database: Queryable, clanId: string, userId: string): Promise<void> {
  const membership = await findMembership(database, userId);
  if (membership?.clan_id === clanId) return;
  throw (await findClan(database, clanId)) ? noSuchMember(userId) : noSuchClan(clanId);
}

/**
 * Ends a player's membership. If they led the clan, the co-leader who joined first does from now on, else the member who did.
 * @throws {Problem} 404 without the clan, or when the player is not in it
 */
export async function leaveClan(
  tx: Queryable,
  clanId: string,
  userId: string,
  reason: LeavingReason,
): Promise<void> {
  if (!(await lockClan(tx, clanId))) throw noSuchClan(clanId);
  const role = await endMembership(tx, clanId, userId, reason);
  if (role === null) throw noSuchMember(userId);
  const leader = role === "leader" ? { leader: await promoteSuccessor(tx, clanId) } : null;
  await uncount(tx, clanId, leader);
}

/**
 * The role that the player had in the clan; null for somebody who was not in it. Joining has ended the player's requests and invitations,
 * but not one that was written at the same time: it ends now, so that it can't be accepted after the player has left.
 */
async function endMembership(
  tx: Queryable,
  clanId: string,
  userId: string,
  reason: LeavingReason,
): Promise<string | null> {
  const { rows } = await tx.query({
    name: "end-membership",
    text: `
      with left_member as (
        delete from clan_members where user_id = $2 and clan_id = $1 returning user_id, role
      ), ended_period as (
        update clan_membership_periods as period
        set left_at = greatest(clock_timestamp(), joined_at), left_reason = $3
        from left_member
        where period.user_id = left_member.user_id and period.left_at is null
      ), deleted_requests as (
        delete from clan_join_requests using left_member where clan_join_requests.user_id = left_member.user_id
      ), deleted_invitations as (
        delete from clan_invitations using left_member where clan_invitations.user_id = left_member.user_id
      )
      select role from left_member`,
    values: [clanId, userId, reason],
  });
  return rows[0]?.role ?? null;
}

/** The new leader; null when there is nobody left. */
async function promoteSuccessor(tx: Queryable, clanId: string): Promise<string | null> {
  const { rows } = await tx.query({
    name: "promote-successor",
    text: `
      update clan_members set role = 'leader'
      where user_id = (
        select user_id from clan_members where clan_id = $1 order by role, joined_at, user_id limit 1
      )
      returning user_id`,
    values: [clanId],
  });
  return rows[0]?.user_id ?? null;
}

async function uncount(
  tx: Queryable,
  clanId: string,
  changed: { leader: string | null } | null,
): Promise<void> {
  await tx.query({
    name: "uncount-member",
    text: `
      update clans set
        member_count = member_count - 1,
        leader_user_id = case when $2 then $3 else leader_user_id end,
        version = version + 1,
        updated_at = clock_timestamp()
      where id = $1`,
    values: [clanId, changed !== null, changed?.leader],
  });
}
