import type { Warehouse } from "../../warehouse.ts";
import { activitySyncDaysTable, dailyMetricsRunsTable, fullName } from "../table.ts";
import { replaceDaysSql } from "./replace-days.ts";

const runs = fullName(dailyMetricsRunsTable);
const touched = fullName(activitySyncDaysTable);

/** Keeps which syncs this run covers: those that changed rows and that no run has covered. One that ends later is the next run's. */
export const stageSyncs = `create or replace temp table syncs_to_cover as
select distinct sync_id
from ${touched}
where sync_id not in (select sync_id from ${runs})`;

/** Keeps the days that they touched. */
export const stageDays = `create or replace temp table days_to_recompute as
select event_date
from ${touched}
where sync_id in (select sync_id from syncs_to_cover)`;

/** The days in stretches without a gap, each of which is replaced by one MERGE. */
export const stretchesQuery = `select min(event_date) as from_date, max(event_date) as to_date
from (
  select event_date, unix_date(event_date) - row_number() over (order by event_date) as stretch
  from (select distinct event_date from days_to_recompute) as days
) as numbered
group by stretch
order by from_date`;

/** Notes what is covered; two runs at once note it once. */
export const noteCovered = `merge into ${runs} as target
using syncs_to_cover as source
on target.sync_id = source.sync_id
when not matched then
  insert (sync_id, ran_at)
  values (source.sync_id, current_timestamp)`;

interface Stretch {
  from_date: string;
  to_date: string;
  [name: string]: string;
}

/**
 * Recomputes the days of daily_metrics that syncs have touched and no run has covered yet, and returns them in stretches.
 * Interrupted, the next run does them again. On DuckDB, where temporary tables last from one statement to the next;
 * BigQuery runs the same statements as a script (scheduled-queries.ts).
 */
export async function recomputeTouchedDays(warehouse: Warehouse): Promise<Stretch[]> {
  await warehouse.query(stageSyncs);
  await warehouse.query(stageDays);
  const stretches = await warehouse.query<Stretch>(stretchesQuery);
  for (const stretch of stretches) await warehouse.query(replaceDaysSql, stretch);
  await warehouse.query(noteCovered);
  return stretches;
}
