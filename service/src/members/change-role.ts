import { lockClan } from "../clans/lock-clan.ts";
import { noSuchClan } from "../clans/problems.ts";
import type { Queryable } from "../database/database.ts";
import { leaderRequired, noSuchMember } from "./problems.ts";
import { findMembership } from "./repository.ts";
import type { MemberRow } from "./schemas.ts";

/**
 * Gives a member a role. A new leader makes the old one co-leader.
 * @throws {Problem} 404 without the clan, or when the player is not in it; 409 when they are the leader, and would no longer be
 */
export async function changeRole(
  tx: Queryable,
  clanId: string,
  userId: string,
  role: MemberRow["role"],
): Promise<MemberRow> {
  if (!(await lockClan(tx, clanId))) throw noSuchClan(clanId);
  const member = await findMembership(tx, userId);
  if (member?.clan_id !== clanId) throw noSuchMember(userId);
  if (member.role === role) return member;
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

async function setRole(tx: Queryable, userId: string, role: MemberRow["role"]): Promise<void> {
  const text = "update clan_members set role = $2 where user_id = $1";
  await tx.query({ name: "set-role", text, values: [userId, role] });
}
