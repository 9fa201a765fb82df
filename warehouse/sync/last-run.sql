-- The last finished run, the days it touched, and how many touched days no run of daily_metrics has covered.
with last_run as (
  select * from clan_case_raw.activity_syncs order by finished_at desc limit 1
),

uncovered as (
  select count(*) as days
  from clan_case_raw.activity_sync_days
  where sync_id not in (select sync_id from clan_case_analytics.daily_metrics_runs)
),

touched as (
  select count(*) as days from clan_case_raw.activity_sync_days where sync_id in (select sync_id from last_run)
)

select last_run.*, touched.days as touched_days, uncovered.days as uncovered_days
from last_run
cross join uncovered
cross join touched
