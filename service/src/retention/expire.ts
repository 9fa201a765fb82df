import type pg from "pg";
import { keptFor } from "./kept-for.ts";
import { createQuarters, listPartitions } from "./quarter-partitions.ts";

// Deletions go in batches, so that each is short.
const batch = 10_000;
// Writers queue behind a lock that waits, so it waits for less than they notice, and tries again a moment later.
const lockTimeoutMs = 100;
// An import holds its table for up to two minutes, unless IMPORT_TIMEOUT_MS says otherwise.
const defaultPatienceMs = 3 * 60_000;

type PendingTable = "clan_join_requests" | "clan_invitations";

export interface RetentionReport {
  createdPartitions: number;
  droppedPartitions: string[];
  /** Rows deleted one by one, by table. */
  deleted: Record<"user_activity" | "idempotency_keys" | "erased_users" | PendingTable, number>;
}

/**
 * Creates the coming quarters' partitions of `user_activity`, and removes what has expired: idempotency keys, join requests,
 * invitations and notes of erasures (kept-for.ts) and, with `activityRetentionDays`, activity that is older: whole quarters are dropped
 * once their last day has expired, and rows from before the first partition are deleted. With `keepErasures`, notes of erasures stay:
 * what syncs them removes them by `expireErasures`. Safe to repeat and to interrupt.
 * @throws when others hold a partition that is to be dropped for longer than `patienceMs`
 */
export async function applyRetention(
  client: pg.Client,
  activityRetentionDays: number | undefined,
  { keepErasures = false, patienceMs = defaultPatienceMs } = {},
): Promise<RetentionReport> {
  const createdPartitions = await createQuarters(client);
  const expire = (table: "idempotency_keys" | PendingTable, age: string) =>
    deleteInBatches(client, table, "created_at <= now() - $1::interval", age);
  const deleted = {
    user_activity: 0,
    idempotency_keys: await expire("idempotency_keys", keptFor.idempotencyKeys),
    clan_join_requests: await expire("clan_join_requests", keptFor.pendingMemberships),
    clan_invitations: await expire("clan_invitations", keptFor.pendingMemberships),
    erased_users: keepErasures ? 0 : await expireErasures(client),
  };
  const droppedPartitions: string[] = [];
  if (activityRetentionDays !== undefined) {
    const { rows } = await client.query("select (current_date - $1::int)::text as first_kept", [
      activityRetentionDays,
    ]);
    const firstKept: string = rows[0].first_kept;
    deleted.user_activity = await deleteInBatches(
      client,
      "user_activity_older",
      "event_date < $1::date",
      firstKept,
    );
    for (const { table, to } of await listPartitions(client)) {
      if (to > firstKept) break;
      await dropPartition(client, { table, to, deadline: performance.now() + patienceMs });
      droppedPartitions.push(table);
    }
  }
  return { createdPartitions, droppedPartitions, deleted };
}

/** Removes notes of erasures that have expired; returns how many. A sync that comes after it doesn't learn of them. */
export const expireErasures = (client: pg.Client): Promise<number> =>
  deleteInBatches(client, "erased_users", "erased_at < now() - $1::interval", keptFor.erasedUsers);

/** Rows that a request holds are left to the next run. */
async function deleteInBatches(
  client: pg.Client,
  table: "user_activity_older" | "idempotency_keys" | "erased_users" | PendingTable,
  isExpired: string,
  value: string,
): Promise<number> {
  for (let deleted = 0; ; ) {
    const { rowCount } = await client.query(
      `delete from ${table} where ctid = any(array(
         select ctid from ${table} where ${isExpired} limit ${batch} for update skip locked
       ))`,
      [value],
    );
    deleted += rowCount ?? 0;
    if (!rowCount) return deleted;
  }
}

/**
 * Drops the oldest partition, and lets the partition before it take its days: a late row of any day is accepted, and expires with
 * the next run. The table is locked for the milliseconds in which its catalogue entries change.
 */
async function dropPartition(
  client: pg.Client,
  { table, to, deadline }: { table: string; to: string; deadline: number },
): Promise<void> {
  for (;;) {
    try {
      await client.query(
        `begin;
         set local lock_timeout = ${lockTimeoutMs};
         alter table user_activity detach partition user_activity_older;
         alter table user_activity detach partition ${table};
         truncate user_activity_older;
         alter table user_activity attach partition user_activity_older for values from (minvalue) to ('${to}');
         drop table ${table};
         commit`,
      );
      return;
    } catch (error) {
      await client.query("rollback");
      const isLocked = error instanceof Error && "code" in error && error.code === "55P03";
      if (!isLocked) throw error;
      if (performance.now() > deadline)
        throw new Error(
          `another session, such as an import, kept user_activity locked; ${table} was not dropped`,
          {
            cause: error,
          },
        );
      await client.query("select pg_sleep(0.2)");
    }
  }
}
