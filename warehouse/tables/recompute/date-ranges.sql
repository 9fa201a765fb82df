-- The days to recompute as date ranges without a gap, each of which is replaced by one MERGE. None is longer than 31 days:
-- active_users has a bit for each (active_users/query.sql), and what a statement keeps in memory is bounded.
with days as (
  select event_date, unix_date(event_date) - row_number() over (order by event_date) as date_range
  from (select distinct event_date from days_to_recompute) as staged
),

numbered as (
  select event_date, date_range, row_number() over (partition by date_range order by event_date) - 1 as position
  from days
)

select min(event_date) as from_date, max(event_date) as to_date
from numbered
group by date_range, floor(position / 31)
order by from_date
