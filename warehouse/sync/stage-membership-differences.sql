-- Stages what the merge will do to clan_membership_periods: one row per period that is new, different or to be deleted, with the
-- first day on which memberships are other than before. An erased player keeps the periods that PostgreSQL has now, which are
-- all among the changes.
create or replace temp table membership_differences as
with known as (
  select * from clan_case_raw.clan_membership_periods
  where period_id in (select period_id from membership_changes where not is_erased)
    or user_id in (select user_id from membership_changes where is_erased)
),

delivered as (
  select * from membership_changes where not is_erased
)

select
  delivered.period_id,
  delivered.user_id,
  delivered.clan_id,
  delivered.joined_at,
  delivered.left_at,
  delivered.joined_date,
  delivered.left_date,
  delivered.left_reason,
  false as is_deleted,
  case
    when known.period_id is null or known.user_id <> delivered.user_id or known.clan_id <> delivered.clan_id
      then delivered.joined_date
    when known.joined_date <> delivered.joined_date then least(known.joined_date, delivered.joined_date)
    else least(
      coalesce(known.left_date, delivered.left_date, known.joined_date),
      coalesce(delivered.left_date, known.left_date, known.joined_date)
    )
  end as from_date
from delivered
left join known on known.period_id = delivered.period_id
where known.period_id is null
  or known.user_id <> delivered.user_id
  or known.clan_id <> delivered.clan_id
  or known.joined_at <> delivered.joined_at
  or known.left_at is distinct from delivered.left_at
  or known.left_reason is distinct from delivered.left_reason
union all
select
  known.period_id,
  known.user_id,
  known.clan_id,
  known.joined_at,
  known.left_at,
  known.joined_date,
  known.left_date,
  known.left_reason,
  true,
  known.joined_date
from known
left join delivered on delivered.period_id = known.period_id
where delivered.period_id is null
