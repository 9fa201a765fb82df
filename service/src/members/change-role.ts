import { lockClan } from "../clans/lock-clan.ts";
import { noSuchClan } from "../clans/problems.ts";
import type { Queryable } from "../database/database.ts";
import { type Actor, requireMayPromote } from "./permissions.ts";
import { leaderRequired, noSuchMember } from "./problems.ts";
import { findMembership } from "./repository.ts";
import type { MemberRow } from "./schemas.ts";

type Role = MemberRow["role"];

/** The member who has the role that is asked for already, so that there is nothing to do; null otherwise. */
export async function findMemberWithRole(
  database: Queryable,
  clanId: string,
  { userId, role }: { userId: string; role: Role },
): Promise<MemberRow | null> {
  const member = await findMembership(database, userId);
  return member?.clan_id === clanId && member.role === role ? member : null;
}

/**
 * Gives a member a role, unless they have it. A new leader makes the old one co-leader.
 * @throws {Problem} 403 when the caller may not; 404 without the clan, or when the player is not in it; 409 when they are the leader,
 *   and would no longer be
 */
export async function changeRole(
  tx: Queryable,
  clanId: string,
  { userId, role }: { userId: string; role: Role },
  actor: Actor,
): Promise<MemberRow> {
  if (!(await lockClan(tx, clanId))) throw noSuchClan(clanId);
  const member = await findMembership(tx, userId);
  const isMember = member?.clan_id === clanId;
  // Before the caller's role, which may have ended with this very change: they repeat it when its answer was lost.
  if (isMember && member.role === role) return member;
  await requireMayPromote(tx, clanId, { userId, role }, actor);
  if (!isMember) throw noSuchMember(userId);
  if (member.role === "leader") throw leaderRequired();
  if (role === "leader") await replaceLeader(tx, clanId, userId);
  await setRole(tx, userId, role);
  return { ...member, role };
}

async function replaceLeader(tx: Queryable, clanId: string, userId: string): Promise<void> {
  await tx.query({
    name: "demote-leader",
    text: "update clan_members set role = 'co_leader' where clan_id = $1 and role = 'leader'",
    values: [clanId],
  });
  await tx.query({
    name: "set-leader",
    text: "update clans set leader_user_id = $2 where id = $1",
    values: [clanId, userId],
  });
}

async function setRole(tx: Queryable, userId: string, role: Role): Promise<void> {
  const text = "update clan_members set role = $2 where user_id = $1";
  await tx.query({ name: "set-role", text, values: [userId, role] });
}
