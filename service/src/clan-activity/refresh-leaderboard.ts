import type { Database, Transaction } from "../database/database.ts";
import { cappedSum } from "./capped-sum.ts";
import { coversEndOf } from "./end-of-day.ts";
import { windows } from "./schemas.ts";

/** How long scores last, in seconds; a little less than the minute after which the next refresh is due. */
const freshSeconds = 55;
const keptDays = Math.max(...windows);

// Any fixed number that no other program on the same database uses.
const refreshLock = 7_205_759_403_792_795n;
// The first refresh sums 30 days of everybody; later ones, what has changed.
const timeoutMs = 10 * 60_000;

/**
 * Refreshes the scores of clans whose members played, or that somebody joined or left, since the last time, and of all when a new
 * day has begun or PostgreSQL's clock was set back. One refresh runs at a time, of all instances of the service. False when it was
 * not due, or another one runs.
 */
export const refreshLeaderboard = (database: Database): Promise<boolean> =>
  database.transaction(async (tx) => {
    await tx.query(`set local statement_timeout = ${timeoutMs}`);
    const state = await takeTurn(tx);
    if (!state) return false;
    await forgetDeletedClans(tx, state.changesTo);
    const days = state.changesTo === null ? await sumAllDays(tx) : await refreshDays(tx, state.changesTo);
    await refreshScores(tx, state.isNewDay ? null : [...days, ...(await movedClans(tx, state.changesTo))]);
    if (state.isNewDay) await run(tx, `delete from clan_days where event_date <= ${today} - ${keptDays}`, []);
    await run(tx, "update leaderboard_refresh set refreshed_at = now(), changes_to = $1", [state.upTo]);
    return true;
  });

const today = "(now() at time zone 'utc')::date";

const run = async (tx: Transaction, text: string, values: unknown[]) =>
  (await tx.query({ text, values, query_timeout: timeoutMs })).rows;

interface State {
  /** Changes before it are in the scores; null before the first refresh, and when the clock was set back: it says nothing then. */
  changesTo: string | null;
  /** Changes before it will be: none of them appears later. */
  upTo: string;
  isNewDay: boolean;
}

async function takeTurn(tx: Transaction): Promise<State | undefined> {
  const [lock] = await run(tx, "select pg_try_advisory_xact_lock($1) as is_taken", [refreshLock]);
  if (!lock?.is_taken) return undefined;
  // As for the warehouse's sync: while somebody writes, what becomes visible later may be as old as the longest transaction. A last
  // refresh in the future was before the clock was set back; one of a moment ago may have begun after this transaction.
  const [state] = await run(
    tx,
    `select
       case when refreshed_at > now() + $1::int * interval '1 s' then null else changes_to::text end as "changesTo",
       (now() - case
         when exists (
           select
           from pg_locks
           where locktype = 'relation'
             and database = (select oid from pg_database where datname = current_database())
             and relation in ('user_activity'::regclass, 'clan_membership_periods'::regclass, 'erased_users'::regclass, 'clans'::regclass)
             and mode = 'RowExclusiveLock'
         ) then interval '15 minutes'
         else interval '10 seconds'
       end)::text as "upTo",
       coalesce(
         (refreshed_at at time zone 'utc')::date < ${today} or refreshed_at > now() + $1::int * interval '1 s',
         true
       ) as "isNewDay"
     from leaderboard_refresh
     where refreshed_at is null
       or refreshed_at < now() - $1::int * interval '1 s'
       or refreshed_at > now() + $1::int * interval '1 s'`,
    [freshSeconds],
  );
  return state as State | undefined;
}

/** A clan that is deleted while a refresh runs is left to the next one. */
async function forgetDeletedClans(tx: Transaction, since: string | null): Promise<void> {
  for (const table of ["clan_days", "clan_scores"])
    await run(
      tx,
      `delete from ${table}
       using deleted_clans as deleted
       where deleted.clan_id = ${table}.clan_id and deleted.deleted_at >= coalesce($1::timestamptz, '-infinity')`,
      [since],
    );
}

/** The first time, and when the clock was set back: sums every day of all clans, a day at a time. All scores are new then. */
async function sumAllDays(tx: Transaction): Promise<string[]> {
  await run(tx, "delete from clan_days", []);
  for (let before = keptDays - 1; before >= -1; before--)
    await run(
      tx,
      `insert into clan_days (clan_id, event_date, matches_ended, victories)
       select period.clan_id, history.event_date, ${cappedSum("history.match_end_count")}, ${cappedSum("history.victory_count")}
       from user_activity as history
       join clan_membership_periods as period on period.user_id = history.user_id
       join clans on clans.id = period.clan_id
       where history.event_date = ${today} - $1::int
         and ${coversEndOf("history.event_date", "period")}
       group by period.clan_id, history.event_date
       on conflict (clan_id, event_date) do update
       set matches_ended = excluded.matches_ended, victories = excluded.victories`,
      [before],
    );
  return [];
}

/** Sums the days of clans again that a change touches; returns the clans. */
async function refreshDays(tx: Transaction, since: string): Promise<string[]> {
  const rows = await run(
    tx,
    `with played as (
       select period.clan_id, history.event_date
       from user_activity as history
       join clan_membership_periods as period on period.user_id = history.user_id
       where history.updated_at >= $1
         and history.event_date > ${today} - ${keptDays}
         and history.event_date <= ${today} + 1
         and ${coversEndOf("history.event_date", "period")}
     ), moved as (
       select clan_id, user_id, joined_at, left_at
       from clan_membership_periods
       where greatest(updated_at, left_at) >= $1
       union all
       select period.clan_id, period.user_id, period.joined_at, period.left_at
       from erased_users as erased
       join clan_membership_periods as period on period.user_id = erased.user_id
       where erased.erased_at >= $1
     ), touched as (
       select clan_id, event_date from played
       union
       -- Days of the player that count for the clan now,
       select moved.clan_id, history.event_date
       from moved
       join user_activity as history on history.user_id = moved.user_id
       where history.event_date > ${today} - ${keptDays}
         and history.event_date <= ${today} + 1
         and ${coversEndOf("history.event_date", "moved")}
       union
       -- and those that may have done before.
       select clan_id, event_date
       from clan_days
       join (
         select clan_id, min(joined_at at time zone 'utc')::date as first_day from moved group by clan_id
       ) as moved_clans using (clan_id)
       where event_date >= first_day
     ), sums as (
       select
         touched.clan_id,
         touched.event_date,
         ${cappedSum("history.match_end_count")} as matches_ended,
         ${cappedSum("history.victory_count")} as victories
       from touched
       join clans on clans.id = touched.clan_id
       left join clan_membership_periods as period
         on period.clan_id = touched.clan_id
         and ${coversEndOf("touched.event_date", "period")}
       left join user_activity as history
         on history.user_id = period.user_id and history.event_date = touched.event_date
       group by touched.clan_id, touched.event_date
     ), stored as (
       insert into clan_days (clan_id, event_date, matches_ended, victories)
       select clan_id, event_date, matches_ended, victories from sums
       on conflict (clan_id, event_date) do update
       set matches_ended = excluded.matches_ended, victories = excluded.victories
     )
     select distinct clan_id from sums`,
    [since],
  );
  return rows.map(({ clan_id }) => clan_id);
}

/** Clans that changed, perhaps their region. */
async function movedClans(tx: Transaction, since: string | null): Promise<string[]> {
  const rows = await run(
    tx,
    `select clans.id
     from clans
     join clan_scores on clan_scores.clan_id = clans.id and clan_scores.days = ${keptDays}
     where greatest(clans.changed_at, clans.updated_at) >= $1 and clan_scores.region is distinct from clans.region`,
    [since],
  );
  return rows.map(({ id }) => id);
}

/** Adds the days of these clans up, or of all when it is null. */
async function refreshScores(tx: Transaction, clanIds: string[] | null): Promise<void> {
  await run(
    tx,
    `insert into clan_scores (clan_id, days, region, matches_ended, victories)
     select clans.id, span.days, clans.region, ${cappedSum("day.matches_ended")}, ${cappedSum("day.victories")}
     from clan_days as day
     join clans on clans.id = day.clan_id
     join unnest(array[${windows.join(", ")}]) as span (days)
       on day.event_date > ${today} - span.days and day.event_date <= ${today}
     where $1::uuid[] is null or day.clan_id = any ($1)
     group by clans.id, span.days
     on conflict (clan_id, days) do update
     set region = excluded.region, matches_ended = excluded.matches_ended, victories = excluded.victories
     where (clan_scores.region, clan_scores.matches_ended, clan_scores.victories)
       is distinct from (excluded.region, excluded.matches_ended, excluded.victories)`,
    [clanIds],
  );
  // Clans that have no match in these days any more.
  await run(
    tx,
    `delete from clan_scores as score
     where ($1::uuid[] is null or score.clan_id = any ($1))
       and not exists (
         select
         from clan_days as day
         where day.clan_id = score.clan_id
           and day.event_date > ${today} - score.days
           and day.event_date <= ${today}
           and day.matches_ended > 0
       )`,
    [clanIds],
  );
}
