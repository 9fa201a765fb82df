import { readFileSync } from "node:fs";
import { activitySyncDaysTable, activitySyncsTable, fullName, rawTable } from "../tables/table.ts";

const read = (file: string) =>
  readFileSync(new URL(file, import.meta.url), "utf8")
    .replace(/^--.*\n/gm, "")
    .trim();

/** Asked of PostgreSQL before the changes: `settled_at`, which the next run begins at. */
export const settledQuery = read("settled.sql");

/** Asked of PostgreSQL: the changes since the moment that stands for `$1`. */
export const changesQuery = read("changes.sql");

/** The columns of `changes`, the temporary table that the answer goes to, in its order. */
export const changesFields = [
  ...rawTable.fields.map(({ name, type }) => ({ name, type })),
  { name: "is_erased", type: "BOOL" as const },
];

const syncs = fullName(activitySyncsTable);
const raw = fullName(rawTable);
const columns = rawTable.fields.map(({ name }) => name);
const measures = columns.filter((name) => !rawTable.key.includes(name));

/** What the last run has synced to; null before the first. */
export const watermarkQuery = `select max(synced_to) as synced_to from ${syncs}`;

/**
 * The days that the changes may touch, from @from_date to @to_date of the statements below: every day when a user was
 * erased, for nobody knows which ones, and none, the end before the beginning, when nothing changed.
 */
export const touchedRangeQuery = `select
  if(countif(is_erased) > 0, date '0001-01-01', coalesce(min(event_date), date '9999-12-31')) as from_date,
  if(countif(is_erased) > 0, date '9999-12-31', coalesce(max(event_date), date '0001-01-01')) as to_date
from changes`;

export const differencesQuery = read("differences.sql");

/** Keeps what is to be done to raw. Outside of the transaction, which then is a short one. */
export const stageDifferences = `create or replace temp table differences as
${differencesQuery}`;

/**
 * Whether another run has come to its end since this one began at @since. What this one has fetched may then be older
 * than what is in raw.
 */
export const overtakenQuery = `select max(synced_to) is distinct from @since as is_overtaken from ${syncs}`;

/**
 * Does to raw what is to be done. The range of days is in the condition although the days are compared, because only
 * parameters and literals prune partitions
 * (https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables#pruning_partitions_when_using_a_merge_statement).
 */
export const mergeDifferences = `merge into ${raw} as target
using differences as source
on target.event_date between @from_date and @to_date
  and ${rawTable.key.map((name) => `target.${name} = source.${name}`).join("\n  and ")}
when matched and source.is_gone then delete
when matched then
  update set ${measures.map((name) => `${name} = source.${name}`).join(", ")}
when not matched and not source.is_gone then
  insert (${columns.join(", ")})
  values (${columns.map((name) => `source.${name}`).join(", ")})`;

/** Tells daily_metrics which days to recompute. */
export const noteDays = `insert into ${fullName(activitySyncDaysTable)} (sync_id, event_date)
select @sync_id, event_date
from (select distinct event_date from differences) as touched`;

/** DuckDB's countif of no rows is null. */
export const noteSync = `insert into ${syncs}
  (sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted)
select
  @sync_id,
  @started_at,
  current_timestamp,
  @synced_to,
  coalesce(countif(not is_known), 0),
  coalesce(countif(is_known and not is_gone), 0),
  coalesce(countif(is_gone), 0)
from differences`;
