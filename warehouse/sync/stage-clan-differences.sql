-- Stages what the merge will do to clans: a new state of each that is new or has another name or region than its last one; of
-- one that was deleted, its last state, with the day. Two changes on one day are one state.
create or replace temp table clan_differences as
with known as (
  select
    clan_id,
    valid_from,
    name,
    region,
    created_date,
    deleted_date,
    row_number() over (partition by clan_id order by valid_from desc) as age
  from clan_case_raw.clans
  where clan_id in (select clan_id from clan_changes)
),

last_states as (
  select * from known where age = 1
)

select
  delivered.clan_id,
  case
    when last_states.clan_id is null then delivered.created_date
    else greatest(delivered.changed_date, last_states.valid_from)
  end as valid_from,
  delivered.name,
  delivered.region,
  delivered.created_date,
  cast(null as date) as deleted_date,
  -- The first day whose metrics are other than before: those of a new clan have no members yet.
  case
    when last_states.clan_id is not null then greatest(delivered.changed_date, last_states.valid_from)
    when delivered.clan_id in (select clan_id from clan_case_raw.clan_membership_periods) then delivered.created_date
  end as from_date
from clan_changes as delivered
left join last_states on last_states.clan_id = delivered.clan_id
where delivered.deleted_date is null
  and (
    last_states.clan_id is null
    or last_states.name <> delivered.name
    or last_states.region is distinct from delivered.region
  )
union all
select
  last_states.clan_id,
  last_states.valid_from,
  last_states.name,
  last_states.region,
  last_states.created_date,
  delivered.deleted_date,
  cast(null as date)
from clan_changes as delivered
join last_states on last_states.clan_id = delivered.clan_id
where delivered.deleted_date is not null and last_states.deleted_date is null
