-- The days that syncs and loads have touched and no run of daily_metrics has covered.
select distinct event_date
from clan_case_raw.activity_sync_days
where sync_id not in (select sync_id from clan_case_analytics.daily_metrics_runs)
order by event_date
