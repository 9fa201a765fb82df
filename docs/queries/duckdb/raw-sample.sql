-- What does the raw table look like? A hundred rows of the last day, one per user, day and platform.
select *
from clan_case_raw.user_daily_metrics_raw
where event_date = (select max(event_date) from clan_case_raw.user_daily_metrics_raw)
order by user_id, platform
limit 100;
