import type { Queryable } from "../database/database.ts";
import { type Actor, lockForOfficer, requireSelf } from "../members/permissions.ts";
import type { PendingKind } from "./kinds.ts";

interface Step {
  clanId: string;
  userId: string;
  actor: Actor;
}

/** The player asks, or the clan invites him. @throws {Problem} 403 to a player who is not that side, 404 without the clan */
export async function requireMayCreate(
  tx: Queryable,
  { startedBy }: PendingKind,
  { clanId, userId, actor }: Step,
): Promise<void> {
  if (startedBy === "player") requireSelf(actor, userId);
  else await lockForOfficer(tx, clanId, actor);
}

/** The other side accepts. @throws {Problem} 403 to a player who is not that side, 404 without the clan */
export async function requireMayAccept(
  tx: Queryable,
  { startedBy }: PendingKind,
  { clanId, userId, actor }: Step,
): Promise<void> {
  if (startedBy === "clan") requireSelf(actor, userId);
  else await lockForOfficer(tx, clanId, actor);
}
