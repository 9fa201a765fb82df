import { noSuchClan } from "../clans/problems.ts";
import { findClan } from "../clans/repository.ts";
import type { Queryable } from "../database/database.ts";
import { Problem } from "../http/problem.ts";
import { joinWithin } from "../members/join.ts";
import { inAnotherClan } from "../members/problems.ts";
import { findMembership } from "../members/repository.ts";
import type { MemberRow } from "../members/schemas.ts";
import type { PendingKind } from "./kinds.ts";
import { mayAccept, type Step } from "./permissions.ts";
import { findPending } from "./repository.ts";

/** Whether accepting will lock the clan, as far as can be said now: what is refused does not, nor what is repeated. */
export async function acceptLocksClan(database: Queryable, kind: PendingKind, step: Step): Promise<boolean> {
  const { clanId, userId } = step;
  return (await findPending(database, kind, clanId, userId)) !== null && mayAccept(database, kind, step);
}

/**
 * Lets the player of a join request or an invitation join, whatever the clan's join mode.
 * @throws {Problem} 404 without the clan or the entry; 409 when the player is in another clan, or this one is full
 */
export async function acceptPending(
  tx: Queryable,
  kind: PendingKind,
  clanId: string,
  userId: string,
): Promise<MemberRow> {
  // First what a lock of the clan is not needed for.
  if (!(await findClan(tx, clanId))) throw noSuchClan(clanId);
  const known = await findMembership(tx, userId);
  if (known && known.clan_id !== clanId) throw inAnotherClan(known.clan_id);
  if (known) return known;
  if (!(await findPending(tx, kind, clanId, userId))) throw noSuchPending(kind, userId);
  const { member, isNew, ended } = await joinWithin(tx, clanId, userId);
  // Withdrawn meanwhile: the error undoes the joining.
  if (isNew && !ended.includes(kind.table)) throw noSuchPending(kind, userId);
  return member;
}

export const noSuchPending = ({ notFound, name }: PendingKind, userId: string) =>
  new Problem(404, notFound, `The clan has no ${name} of the player ${userId}, or it has expired.`);
