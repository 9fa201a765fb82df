-- The days from {{from_date}} to {{to_date}} with a key that more than one row has, and how many rows are too many.
select event_date, count(*) as keys, sum(copies - 1) as surplus_rows
from (
  select event_date, count(*) as copies
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
  group by {{key}}
  having count(*) > 1
) as repeated
group by event_date
order by event_date
