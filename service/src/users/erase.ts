import type { Queryable } from "../database/database.ts";
import { Problem } from "../http/problem.ts";
import { leaveClan } from "../members/leave.ts";
import { membershipContended } from "../members/problems.ts";
import { findMembership } from "../members/repository.ts";
import { eraseActivity } from "../user-activity/repository.ts";

/** Erases a person: activity, memberships, join requests and invitations. The history keeps their periods, as nobody's. */
export async function eraseUser(tx: Queryable, userId: string): Promise<void> {
  // First, so that none is accepted once the person's clan has been looked up: a request that accepts one at the same time deletes it as
  // well, so one of the two waits for the other.
  await tx.query("delete from clan_join_requests where user_id = $1", [userId]);
  await tx.query("delete from clan_invitations where user_id = $1", [userId]);
  await leaveAnyClan(tx, userId);
  await eraseActivity(tx, userId);
  // Random, so that nobody can find out whose they were; one for all of them, so that people can still be counted.
  await tx.query(
    `update clan_membership_periods
     set user_id = pseudonym, is_pseudonymous = true, updated_at = clock_timestamp()
     from (select 'erased-' || gen_random_uuid() as pseudonym) as erased
     where user_id = $1 and left_at is not null`,
    [userId],
  );
}

/** Between the two statements of an attempt, the person may have left their clan, and joined another. */
async function leaveAnyClan(tx: Queryable, userId: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const membership = await findMembership(tx, userId);
    if (!membership) return;
    try {
      await leaveClan(tx, membership.clan_id, userId, "erased");
      return;
    } catch (error) {
      if (!(error instanceof Problem && error.status === 404)) throw error;
    }
  }
  throw membershipContended();
}
