import { type ColumnNameOf, columns as columnsOfRow } from "@clan-platform/contract/columns.ts";
import type pg from "pg";
import type { z } from "zod";
import type { Database } from "../database/pool.ts";
import type { Activity, PageEnd } from "./schemas.ts";

type Amount = ColumnNameOf<"amount">;

/** A row as `Activity` describes it, but with its amounts as text, because a double might not hold them. */
export type StoredActivity = Omit<z.infer<typeof Activity>, Amount> & Record<Amount, string>;

const utc = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const columns = [
  ...columnsOfRow.map(({ name, kind }) =>
    kind === "day" ? `to_char(history.${name}, 'YYYY-MM-DD') as ${name}` : `history.${name}`,
  ),
  `${utc("received_at")} as received_at`,
  `${utc("updated_at")} as updated_at`,
].join(", ");

/** At most `limit` rows of a user after `after`, newest day first, from one day to another (null is without end). */
export async function listHistory(
  database: Database,
  range: { userId: string; from: string | null; to: string | null; after: PageEnd | null; limit: number },
): Promise<StoredActivity[]> {
  const { userId, from, to, after, limit } = range;
  const { rows } = await database.query(
    `select ${columns}
     from user_activity as history
     where user_id = $1
       and history.event_date >= coalesce($2::date, '-infinity')
       and history.event_date <= coalesce($3::date, 'infinity')
       and ($4::date is null or (history.event_date, platform) < ($4, $5::text))
     order by history.event_date desc, platform desc
     limit $6`,
    [userId, from, to, after?.event_date, after?.platform, limit],
  );
  return rows;
}

/**
 * Erases a user's rows; returns how many there were. That the user was erased is noted, also when there was no row here, for
 * the warehouse may have some: it looks every day, and notes that are older than 90 days are removed.
 */
export async function eraseUser(tx: pg.ClientBase, userId: string): Promise<number> {
  // In the order in which deliveries take rows: two in different orders could wait for each other in a circle.
  await tx.query(
    "select from user_activity where user_id = $1 order by event_date, user_id, platform for update",
    [userId],
  );
  const { rowCount } = await tx.query("delete from user_activity where user_id = $1", [userId]);
  await tx.query(
    `insert into erased_users (user_id, erased_at) values ($1, statement_timestamp())
     on conflict (user_id) do update set erased_at = excluded.erased_at`,
    [userId],
  );
  // What another erasure is about to remove is passed over: nobody waits for it.
  await tx.query(
    `delete from erased_users where user_id in (
       select user_id from erased_users
       where erased_at < statement_timestamp() - interval '90 days'
       for update skip locked
     )`,
  );
  return rowCount ?? 0;
}
