-- One row per week of the install (from Monday), day n, country and platform. An install day counts for day n only if all
-- days from 0 to n are over and in the data.
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
  join days as reached
    on reached.event_date between installed.event_date and installed.event_date + day_n
  group by installed.event_date, day_n
  having count(*) = day_n + 1
),

sizes as (
  select cohort_week, day_n, count(*) as install_days from cohorts group by cohort_week, day_n
),

summed as (
  select
    cohort_week,
    cohorts.day_n,
    country,
    platform,
    sum(case when metrics.day_n = 0 then active_users else 0 end) as users_on_day_0,
    sum(iap_revenue) as iap_revenue,
    sum(ad_revenue) as ad_revenue
  from cohorts
  join clan_case_analytics.cohort_metrics as metrics
    on metrics.install_date = cohorts.install_date and metrics.day_n <= cohorts.day_n
  group by cohort_week, cohorts.day_n, country, platform
)

select
  cohort_week,
  day_n,
  country,
  platform,
  install_days,
  cast(users_on_day_0 as int64) as users_on_day_0,
  iap_revenue,
  ad_revenue,
  case when users_on_day_0 > 0 then cast(iap_revenue + ad_revenue as {{float}}) / users_on_day_0 end as ltv
from summed
join sizes using (cohort_week, day_n)
