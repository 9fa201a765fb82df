-- One row per week of the install (from Monday), day n, comparison and membership. An install day counts for day n only if that
-- day is over and in the data. The interval is Wilson's (1927, doi:10.1080/01621459.1927.10502953), for 95 %: z = 1.96.
with summed as (
  select
    {{week_of_install}} as cohort_week,
    day_n,
    comparison,
    membership,
    count(distinct installed.event_date) as install_days,
    sum(users) as users,
    sum(retained) as retained
  from (
    select install_date as event_date, day_n, comparison, membership, users, retained
    from clan_case_analytics.membership_cohorts
    where event_date < {{today}}
  ) as installed
  group by 1, 2, 3, 4
),

shares as (
  select
    cohort_week,
    day_n,
    comparison,
    membership,
    install_days,
    cast(users as int64) as users,
    cast(retained as int64) as retained,
    cast(users as {{float}}) as n,
    cast(retained as {{float}}) / cast(users as {{float}}) as retention
  from summed
)

select
  cohort_week,
  day_n,
  comparison,
  membership,
  install_days,
  users,
  retained,
  retention,
  (retention + 1.9208 / n - 1.96 * sqrt((retention * (1 - retention) + 0.9604 / n) / n)) / (1 + 3.8416 / n) as retention_low,
  (retention + 1.9208 / n + 1.96 * sqrt((retention * (1 - retention) + 0.9604 / n) / n)) / (1 + 3.8416 / n) as retention_high
from shares
