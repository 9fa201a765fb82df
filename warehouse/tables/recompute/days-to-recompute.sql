-- Stages the days of the table that those syncs and loads touched: theirs, and of the days after them that the data has, so many
-- as a raw row counts on; where the table depends on memberships, all days from the first on which these are other than before.
-- Rows from before a column was added follow a month at a time, the newest first.
create or replace temp table days_to_recompute as
with touched as (
  select distinct event_date
  from clan_case_raw.activity_sync_days
  where sync_id in (select sync_id from syncs_to_cover)
),

present as (
  select event_date, countif({{is_outdated}}) as outdated_rows
  from {{table}}
  group by event_date
),

-- A day with activity may have no row in the table yet.
known as (
  select event_date from present
  union distinct
  select event_date from clan_case_raw.activity_sync_days
),

outdated as (
  select event_date
  from present
  where outdated_rows > 0
  order by event_date desc
  limit 31
)

select event_date from touched
union distinct
select known.event_date
from known
join touched on known.event_date between touched.event_date and touched.event_date + {{days_after}}
union distinct
select event_date
from known
where {{depends_on_memberships}}
  and event_date >= (
    select min(memberships_from)
    from clan_case_raw.activity_syncs
    where sync_id in (select sync_id from syncs_to_cover)
  )
union distinct
select event_date from outdated
