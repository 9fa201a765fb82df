import { lockClan } from "../clans/lock-clan.ts";
import { noSuchClan } from "../clans/problems.ts";
import type { Queryable } from "../database/database.ts";
import { apiKeyRequired } from "../http/callers.ts";
import { Problem } from "../http/problem.ts";
import { findMembership } from "./repository.ts";
import type { MemberRow } from "./schemas.ts";

/** Whom a request acts for: the player whose token it has; null for an API key, which may act for anyone. */
export type Actor = string | null;

type Role = MemberRow["role"];

/** @throws {Problem} 403 when a player acts for somebody else */
export function requireSelf(actor: Actor, userId: string): void {
  if (actor !== null && actor !== userId) throw apiKeyRequired();
}

/** @throws {Problem} 403 when a player is not a member of the clan */
export async function requireMember(database: Queryable, clanId: string, actor: Actor): Promise<void> {
  if (actor !== null && (await roleIn(database, clanId, actor)) === null) throw roleRequired();
}

/** @throws {Problem} 403 when a player neither leads the clan nor is its co-leader */
export async function requireOfficer(database: Queryable, clanId: string, actor: Actor): Promise<void> {
  if (actor !== null) await officerRole(database, clanId, actor);
}

/** Whether `requireOfficer` lets the caller pass. */
export async function isOfficerOf(database: Queryable, clanId: string, actor: Actor): Promise<boolean> {
  return actor === null || isOfficer(await roleIn(database, clanId, actor));
}

/**
 * The same as `requireOfficer`, and it stays true until the transaction ends: the clan is locked.
 * @throws {Problem} 403, or 404 without the clan
 */
export async function lockForOfficer(tx: Queryable, clanId: string, actor: Actor): Promise<void> {
  if (actor !== null) await lockedRole(tx, clanId, actor);
}

/**
 * The leader may remove anyone from the clan, a co-leader only members, and everyone themselves.
 * @throws {Problem} 403, or 404 without the clan
 */
export async function requireMayRemove(
  tx: Queryable,
  clanId: string,
  userId: string,
  actor: Actor,
): Promise<void> {
  if (actor === null || actor === userId) return;
  if ((await lockedRole(tx, clanId, actor)) === "leader") return;
  if (isOfficer(await roleIn(tx, clanId, userId))) throw roleRequired();
}

/**
 * The leader may give anyone in the clan any role, a co-leader may make members co-leaders, and step down.
 * @throws {Problem} 403, or 404 without the clan
 */
export async function requireMayPromote(
  tx: Queryable,
  clanId: string,
  { userId, role }: { userId: string; role: Role },
  actor: Actor,
): Promise<void> {
  if (actor === null || (await lockedRole(tx, clanId, actor)) === "leader") return;
  if (role === "leader") throw roleRequired();
  if (userId !== actor && isOfficer(await roleIn(tx, clanId, userId))) throw roleRequired();
}

/** First without a lock, so that those who may not do it can't slow down the clan. */
async function lockedRole(tx: Queryable, clanId: string, actor: string): Promise<Role> {
  await officerRole(tx, clanId, actor);
  if (!(await lockClan(tx, clanId))) throw noSuchClan(clanId);
  return officerRole(tx, clanId, actor);
}

async function officerRole(database: Queryable, clanId: string, actor: string): Promise<Role> {
  const role = await roleIn(database, clanId, actor);
  if (role === null || !isOfficer(role)) throw roleRequired();
  return role;
}

async function roleIn(database: Queryable, clanId: string, userId: string): Promise<Role | null> {
  const membership = await findMembership(database, userId);
  return membership?.clan_id === clanId ? membership.role : null;
}

const isOfficer = (role: Role | null) => role === "leader" || role === "co_leader";

const roleRequired = () =>
  new Problem(403, "CLAN_ROLE_REQUIRED", "A player needs another role in the clan for this.");
