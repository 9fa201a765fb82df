import type { IncomingHttpHeaders } from "node:http";
import type { Queryable } from "../database/database.ts";
import { entityTag, hasPreconditions, requirePreconditions } from "../http/entity-tag.ts";
import { lockClanForDeletion } from "./lock-clan.ts";
import { noSuchClan } from "./problems.ts";

/**
 * Deletes a clan, and ends the memberships in it, if the preconditions hold for its representation.
 * @throws {Problem} 404 without the clan, 412
 */
export async function deleteClan(
  tx: Queryable,
  id: string,
  headers: IncomingHttpHeaders = {},
): Promise<void> {
  const clan = await lockClanForDeletion(tx, id);
  if (!clan) throw noSuchClan(id);
  if (hasPreconditions(headers)) requirePreconditions(headers, entityTag(JSON.stringify(clan)));
  if (clan.member_count > 0) await endMemberships(tx, id);
  await deletePending(tx, id);
  await tx.query({ name: "delete-clan", text: "delete from clans where id = $1", values: [id] });
}

/** Like `leaveClan`, of all members. */
async function endMemberships(tx: Queryable, id: string): Promise<void> {
  const text = `
    with left_members as (
      delete from clan_members where clan_id = $1 returning user_id
    ), deleted_requests as (
      delete from clan_join_requests using left_members where clan_join_requests.user_id = left_members.user_id
    ), deleted_invitations as (
      delete from clan_invitations using left_members where clan_invitations.user_id = left_members.user_id
    )
    update clan_membership_periods as period
    set left_at = greatest(clock_timestamp(), joined_at), left_reason = 'clan_deleted'
    from left_members
    where period.user_id = left_members.user_id and period.left_at is null`;
  await tx.query({ name: "end-memberships", text, values: [id] });
}

/** Before the clan, not with it in one statement: its trigger, which is for older versions, would meet the same rows. */
async function deletePending(tx: Queryable, id: string): Promise<void> {
  const text = `
    with asked as (
      delete from clan_join_requests where clan_id = $1
    )
    delete from clan_invitations where clan_id = $1`;
  await tx.query({ name: "delete-pending-of-clan", text, values: [id] });
}
