import type { Queryable } from "../database/database.ts";
import { type Actor, isOfficerOf, lockForOfficer, requireSelf } from "../members/permissions.ts";
import type { PendingKind } from "./kinds.ts";

/** Of a join request or an invitation. */
export interface Step {
  clanId: string;
  userId: string;
  actor: Actor;
}

/** The player asks, or the clan invites them. @throws {Problem} 403 to a player who is not that side, 404 without the clan */
export async function requireMayCreate(
  tx: Queryable,
  { startedBy }: PendingKind,
  { clanId, userId, actor }: Step,
): Promise<void> {
  if (startedBy === "player") requireSelf(actor, userId);
  else await lockForOfficer(tx, clanId, actor);
}

/** Whether creating will lock the clan, as far as can be said now: only an officer's right to invite has to last. */
export async function createLocksClan(
  database: Queryable,
  { startedBy }: PendingKind,
  { clanId, actor }: Step,
): Promise<boolean> {
  return startedBy === "clan" && actor !== null && isOfficerOf(database, clanId, actor);
}

/** Whether `requireMayAccept` lets the caller pass. */
export async function mayAccept(
  database: Queryable,
  { startedBy }: PendingKind,
  { clanId, userId, actor }: Step,
): Promise<boolean> {
  return startedBy === "clan" ? actor === null || actor === userId : isOfficerOf(database, clanId, actor);
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
