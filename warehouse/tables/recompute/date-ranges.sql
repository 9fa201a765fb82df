-- The days to recompute as date ranges without a gap, each of which is replaced by one MERGE.
select min(event_date) as from_date, max(event_date) as to_date
from (
  select event_date, unix_date(event_date) - row_number() over (order by event_date) as date_range
  from (select distinct event_date from days_to_recompute) as days
) as numbered
group by date_range
order by from_date
