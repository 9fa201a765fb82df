-- Stages what the merge will do to the raw table, for the touched days, {{days}}: one row per key that is new,
-- different or to be deleted. An erased user keeps the rows that PostgreSQL has now, which are all among the changes.
-- Runs outside of the transaction, to keep that short. position: where a known row is stored.
create or replace temp table differences as
with existing as (
  select *, {{position}} as position from clan_case_raw.user_daily_metrics_raw where event_date in {{days}}
),

delivered as (
  select * from changes where not is_erased
),

erased as (
  select user_id from changes where is_erased
),

changed as (
  select
    {{delivered_columns}},
    existing.user_id is not null as is_known,
    false as is_deleted,
    existing.position
  from delivered
  left join existing
    on {{same_key}}
  where existing.user_id is null
    or {{is_different}}
),

deleted as (
  select
    {{existing_columns}},
    true as is_known,
    true as is_deleted,
    existing.position
  from existing
  join erased on erased.user_id = existing.user_id
  left join delivered
    on {{same_key}}
  where delivered.user_id is null
)

select * from changed
union all
select * from deleted
