-- One row per key of the days from {{from_date}} to {{to_date}}. Of several it is the one with the most sessions: a day's
-- counters only grow, so that is the last delivery. The other columns make the choice the same on every engine.
select {{columns}}
from (
  select *, row_number() over (partition by {{key}} order by {{latest_first}}) as copy
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
) as numbered
where copy = 1
