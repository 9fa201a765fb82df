-- The rows of membership_cohorts from {{from_date}} to {{to_date}}, at most 31 days: one per day of the install 14, 30 and 60
-- days before, comparison and membership. Of raw, it reads the days themselves, those of the installs, and day 7 of each.
-- The age in days, rather than event_date = install_date, from which DuckDB derives filters that skip no block of rows.
with installed as (
  select distinct user_id, install_date, 14 as day_n
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} - 14 and {{to_date}} - 14 and unix_date(event_date) - unix_date(install_date) = 0
  union all
  select distinct user_id, install_date, 30
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} - 30 and {{to_date}} - 30 and unix_date(event_date) - unix_date(install_date) = 0
  union all
  select distinct user_id, install_date, 60
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} - 60 and {{to_date}} - 60 and unix_date(event_date) - unix_date(install_date) = 0
),

active_on_day_7 as (
  select distinct user_id, install_date, 14 as day_n
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} - 7 and {{to_date}} - 7 and unix_date(event_date) - unix_date(install_date) = 7
  union all
  select distinct user_id, install_date, 30
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} - 23 and {{to_date}} - 23 and unix_date(event_date) - unix_date(install_date) = 7
  union all
  select distinct user_id, install_date, 60
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} - 53 and {{to_date}} - 53 and unix_date(event_date) - unix_date(install_date) = 7
),

active_on_day_n as (
  select distinct user_id, install_date, unix_date(event_date) - unix_date(install_date) as day_n
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
    and unix_date(event_date) - unix_date(install_date) in (14, 30, 60)
),

-- A day without any row is a day that is missing, not one to which nobody came back.
days as (
  select distinct event_date
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
),

memberships as (
  select user_id, joined_date, coalesce(left_date, date '9999-12-31') as until_date
  from clan_case_raw.clan_membership_periods
),

in_clan_early as (
  select distinct installed.user_id, installed.install_date
  from installed
  join memberships
    on memberships.user_id = installed.user_id
    and memberships.joined_date <= installed.install_date + 7
    and memberships.until_date >= installed.install_date
),

followed as (
  select
    installed.install_date + installed.day_n as event_date,
    installed.install_date,
    installed.day_n,
    case when in_clan_early.user_id is null then 'no_clan' else 'in_clan' end as membership,
    active_on_day_7.user_id is not null as was_active_on_day_7,
    active_on_day_n.user_id is not null as is_retained
  from installed
  left join active_on_day_7
    on active_on_day_7.user_id = installed.user_id
    and active_on_day_7.install_date = installed.install_date
    and active_on_day_7.day_n = installed.day_n
  left join active_on_day_n
    on active_on_day_n.user_id = installed.user_id
    and active_on_day_n.install_date = installed.install_date
    and active_on_day_n.day_n = installed.day_n
  left join in_clan_early
    on in_clan_early.user_id = installed.user_id
    and in_clan_early.install_date = installed.install_date
),

compared as (
  select event_date, install_date, day_n, 'all' as comparison, membership, is_retained
  from followed
  union all
  select event_date, install_date, day_n, 'active_on_day_7', membership, is_retained
  from followed
  where was_active_on_day_7
),

membership_cohorts as (
  select
    compared.event_date,
    compared.install_date,
    cast(compared.day_n as int64) as day_n,
    compared.comparison,
    compared.membership,
    count(*) as users,
    countif(compared.is_retained) as retained
  from compared
  join days on days.event_date = compared.event_date
  group by compared.event_date, compared.install_date, compared.day_n, compared.comparison, compared.membership
)

select * from membership_cohorts
