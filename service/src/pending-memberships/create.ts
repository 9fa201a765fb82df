import pg from "pg";
import { noSuchClan } from "../clans/problems.ts";
import { findClan } from "../clans/repository.ts";
import type { Database, Queryable } from "../database/database.ts";
import { retriedTransaction } from "../database/retried-transaction.ts";
import { type Answer, answerOnceWithin, fingerprint } from "../idempotency/idempotency.ts";
import { alreadyAMember, clanNotOpen, inAnotherClan, membershipContended } from "../members/problems.ts";
import { findMembership } from "../members/repository.ts";
import type { ClanTurns } from "../members/turns.ts";
import type { PendingKind } from "./kinds.ts";
import { createLocksClan, requireMayCreate, type Step } from "./permissions.ts";
import { findPending, insertPending } from "./repository.ts";
import type { PendingRow } from "./schemas.ts";

/** Without the player: answers are stored, and an erased player must not be in one. */
type Creation = Answer<200 | 201, Omit<PendingRow, "user_id">>;

/**
 * Creates a join request or an invitation, once per key; 200 when there is one already.
 * @throws {Problem} 404 without the clan; 409 when the player is in a clan, or this one takes no requests
 */
export async function createPending(
  database: Database,
  kind: PendingKind,
  { key, ...step }: Step & { key: string | undefined },
  { inTurn, limited }: ClanTurns,
): Promise<Creation> {
  const { clanId, userId } = step;
  const receive = async () => ({ fingerprint: fingerprint([clanId, userId]) });
  const createOnce = () =>
    retriedTransaction(database, (tx) =>
      answerOnceWithin(tx, { key, receive }, async () => {
        await requireMayCreate(tx, kind, step);
        return create(tx, kind, clanId, userId);
      }),
    );
  try {
    const locksClan = await limited(clanId, () => createLocksClan(database, kind, step));
    return await (locksClan ? inTurn : limited)(clanId, createOnce);
  } catch (error) {
    // The clan was deleted between two statements.
    if (error instanceof pg.DatabaseError && error.code === "23503") throw noSuchClan(clanId);
    throw error;
  }
}

async function create(tx: Queryable, kind: PendingKind, clanId: string, userId: string): Promise<Creation> {
  const clan = await findClan(tx, clanId);
  if (!clan) throw noSuchClan(clanId);
  const known = await findMembership(tx, userId);
  if (known?.clan_id === clanId) throw alreadyAMember();
  if (known) throw inAnotherClan(known.clan_id);
  if (kind.isRefused(clan.join_mode)) throw clanNotOpen(clan.join_mode);
  // One that expires or is deleted between the two statements is neither new nor found.
  for (let attempt = 0; attempt < 3; attempt++) {
    const created = await insertPending(tx, kind, clanId, userId);
    const entry = created ?? (await findPending(tx, kind, clanId, userId));
    if (!entry) continue;
    const { user_id: _, ...body } = entry;
    return { status: created ? 201 : 200, headers: {}, body };
  }
  throw membershipContended();
}
