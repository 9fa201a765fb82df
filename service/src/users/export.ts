import type { Queryable } from "../database/database.ts";
import { utcText } from "../database/utc-text.ts";
import { findMembership } from "../members/repository.ts";
import { invitations, joinRequests } from "../pending-memberships/kinds.ts";
import { listPendingOfUser } from "../pending-memberships/repository.ts";
import { withExactAmounts } from "../user-activity/exact-amounts.ts";
import { listHistory } from "../user-activity/repository.ts";
import { PageCursor } from "../user-activity/schemas.ts";

const rowsAtOnce = 1_000;

/** All that is held about a person, as lines of JSON: each names in `type` what it is. */
export async function* exportUser(database: Queryable, userId: string): AsyncGenerator<string> {
  const membership = await findMembership(database, userId);
  yield* linesOf("membership", membership ? [membership] : []);
  for await (const periods of periodsOf(database, userId)) yield* linesOf("membership_period", periods);
  yield* linesOf("join_request", await listPendingOfUser(database, joinRequests, userId));
  yield* linesOf("invitation", await listPendingOfUser(database, invitations, userId));
  for await (const rows of activityOf(database, userId)) yield* linesOf("activity", rows);
  yield* linesOf("erasure", await erasuresOf(database, userId));
}

const linesOf = (type: string, rows: object[]) => rows.map((row) => `${JSON.stringify({ type, ...row })}\n`);

/** The history of memberships, oldest first. */
async function* periodsOf(database: Queryable, userId: string): AsyncGenerator<object[]> {
  let last: { joined_at: string; id: string } | undefined;
  do {
    const { rows } = await database.query(
      `select id, user_id, clan_id, ${utcText("joined_at")} as joined_at, ${utcText("left_at")} as left_at, left_reason
       from clan_membership_periods as period
       where user_id = $1
         and (period.joined_at, id) > (coalesce($2::timestamptz, '-infinity'), coalesce($3::bigint, 0))
       order by period.joined_at, id
       limit $4`,
      [userId, last?.joined_at, last?.id, rowsAtOnce],
    );
    yield rows.map(({ id: _, ...period }) => period);
    last = rows.length === rowsAtOnce ? rows.at(-1) : undefined;
  } while (last);
}

/** The rows of activity, newest day first. */
async function* activityOf(database: Queryable, userId: string): AsyncGenerator<object[]> {
  let after: PageCursor | null = null;
  do {
    const range = { userId, from: null, to: null, after, limit: rowsAtOnce };
    const rows = await listHistory(database, range);
    yield rows.map(withExactAmounts);
    const last = rows.length === rowsAtOnce ? rows.at(-1) : undefined;
    after = last ? PageCursor.parse({ event_date: last.event_date, platform: last.platform }) : null;
  } while (after);
}

/** That activity was erased, which is kept for the warehouse. */
async function erasuresOf(database: Queryable, userId: string): Promise<object[]> {
  const text = `select user_id, ${utcText("erased_at")} as erased_at from erased_users where user_id = $1`;
  return (await database.query(text, [userId])).rows;
}
