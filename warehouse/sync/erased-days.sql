-- The days for which the raw table has rows of erased users. Reads two columns of all days, which is a small part of them;
-- run only when a user was erased.
select distinct event_date
from clan_case_raw.user_daily_metrics_raw
where event_date between date '0001-01-01' and date '9999-12-31'
  and user_id in (select user_id from changes where is_erased)
