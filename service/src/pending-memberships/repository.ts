import type { Queryable } from "../database/database.ts";
import { utcText } from "../database/utc-text.ts";
import { keptFor } from "../retention/kept-for.ts";
import type { PendingKind } from "./kinds.ts";
import type { OwnPendingCursor, PendingCursor, PendingRow } from "./schemas.ts";

const validity = `interval '${keptFor.pendingMemberships}'`;
const columns = `user_id, clan_id, ${utcText("created_at")} as created_at,
  ${utcText(`created_at + ${validity}`)} as expires_at`;
const isValid = `created_at > now() - ${validity}`;

/** Inserts an entry; null when there is one already. Also deletes a few that have expired; the daily job deletes the others. */
export async function insertPending(
  database: Queryable,
  { table }: PendingKind,
  clanId: string,
  userId: string,
): Promise<PendingRow | null> {
  const { rows } = await database.query({
    name: `insert-${table}`,
    text: `
      with expired as (
        select clan_id, user_id from ${table}
        where not ${isValid} and (clan_id, user_id) <> ($1::uuid, $2::text)
        order by created_at
        limit 10
        for update skip locked
      ), swept as (
        delete from ${table} as old using expired
        where old.clan_id = expired.clan_id and old.user_id = expired.user_id
      )
      insert into ${table} as entry (clan_id, user_id)
      values ($1, $2)
      on conflict (clan_id, user_id) do update set created_at = excluded.created_at
        where not entry.${isValid}
      returning ${columns}`,
    values: [clanId, userId],
  });
  return rows[0] ?? null;
}

/** The entry of a player, if it has not expired; null without one. */
export async function findPending(
  database: Queryable,
  { table }: PendingKind,
  clanId: string,
  userId: string,
): Promise<PendingRow | null> {
  const { rows } = await database.query({
    name: `find-${table}`,
    text: `select ${columns} from ${table} where clan_id = $1 and user_id = $2 and ${isValid}`,
    values: [clanId, userId],
  });
  return rows[0] ?? null;
}

/** Deletes the entry of a player; false when there is none, or only an expired one. */
export async function deletePending(
  database: Queryable,
  { table }: PendingKind,
  clanId: string,
  userId: string,
): Promise<boolean> {
  const { rows } = await database.query({
    name: `delete-${table}`,
    text: `delete from ${table} where clan_id = $1 and user_id = $2 returning ${isValid} as is_valid`,
    values: [clanId, userId],
  });
  return rows[0]?.is_valid === true;
}

/** At most `limit` entries of a clan after `after` that have not expired, oldest first. */
export async function listPending(
  database: Queryable,
  { table }: PendingKind,
  { clanId, after, limit }: { clanId: string; after: PendingCursor | null; limit: number },
): Promise<PendingRow[]> {
  const { rows } = await database.query(
    `select ${columns}
     from ${table} as entry
     where clan_id = $1 and ${isValid}
       and ($2::timestamptz is null or (entry.created_at, user_id) > ($2, $3::text))
     order by entry.created_at, user_id
     limit $4`,
    [clanId, after?.created_at, after?.user_id, limit],
  );
  return rows;
}

/** At most `limit` entries of a player after `after` that have not expired, oldest first. */
export async function listOwnPending(
  database: Queryable,
  { table }: PendingKind,
  { userId, after, limit }: { userId: string; after: OwnPendingCursor | null; limit: number },
): Promise<PendingRow[]> {
  const { rows } = await database.query(
    `select ${columns}
     from ${table} as entry
     where user_id = $1 and ${isValid}
       and ($2::timestamptz is null or (entry.created_at, clan_id) > ($2, $3::uuid))
     order by entry.created_at, clan_id
     limit $4`,
    [userId, after?.created_at, after?.clan_id, limit],
  );
  return rows;
}

/** All entries of a player that there are, also expired ones. */
export async function listPendingOfUser(
  database: Queryable,
  { table }: PendingKind,
  userId: string,
): Promise<PendingRow[]> {
  const text = `select ${columns} from ${table} as entry where user_id = $1 order by entry.created_at, clan_id`;
  const { rows } = await database.query(text, [userId]);
  return rows;
}
