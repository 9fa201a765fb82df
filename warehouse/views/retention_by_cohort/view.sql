-- One row per week of the install (from Monday), day n, country and platform. An install day counts for day n only if that day
-- is over and in the data, as day 0 is: a cohort without a day n yet is not one that nobody stayed in.
with days as (
  select distinct event_date
  from clan_case_analytics.cohort_metrics
  where event_date < {{today}}
),

chosen as (
  select 0 as day_n union all select 1 union all select 3 union all select 7
  union all select 14 union all select 30 union all select 60 union all select 90
),

cohorts as (
  select installed.event_date as install_date, {{week_of_install}} as cohort_week, day_n
  from days as installed
  cross join chosen
  join days as reached on reached.event_date = installed.event_date + day_n
),

sizes as (
  select cohort_week, day_n, count(*) as install_days from cohorts group by cohort_week, day_n
),

users as (
  select cohort_week, cohorts.day_n, country, platform, active_users as users_on_day_0, 0 as active_users
  from cohorts
  join clan_case_analytics.cohort_metrics as metrics
    on metrics.install_date = cohorts.install_date and metrics.day_n = 0
  union all
  select cohort_week, cohorts.day_n, country, platform, 0, active_users
  from cohorts
  join clan_case_analytics.cohort_metrics as metrics
    on metrics.install_date = cohorts.install_date and metrics.day_n = cohorts.day_n
),

summed as (
  select cohort_week, day_n, country, platform, sum(users_on_day_0) as users_on_day_0, sum(active_users) as active_users
  from users
  group by cohort_week, day_n, country, platform
)

select
  cohort_week,
  day_n,
  country,
  platform,
  install_days,
  cast(users_on_day_0 as int64) as users_on_day_0,
  cast(active_users as int64) as active_users,
  case when users_on_day_0 > 0 then cast(active_users as {{float}}) / users_on_day_0 end as retention
from summed
join sizes using (cohort_week, day_n)
