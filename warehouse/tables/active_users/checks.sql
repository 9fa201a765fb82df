-- Each query returns the violating rows of the days from {{from_date}} to {{to_date}}, or groups of them with their number
-- as row_count.

-- fail: active_users has one row per day, country and platform, ALL included
select event_date, country, platform, count(*) as row_count
from clan_case_analytics.active_users
where event_date between {{from_date}} and {{to_date}}
group by event_date, country, platform
having count(*) > 1;

-- fail: those of a day are among those of the week, these among those of the month; new and returning users are all
select event_date, country, platform, dau, wau, mau, new_users, returning_users, resurrected_users, payers
from clan_case_analytics.active_users
where event_date between {{from_date}} and {{to_date}}
  and (
    dau < 0
    or wau < dau
    or mau < wau
    or mau < 1
    or new_users < 0
    or returning_users <> dau - new_users
    or returning_users < 0
    or resurrected_users < 0
    or resurrected_users > returning_users
    or payers < 0
    or payers > dau
    or abs(stickiness - safe_divide(dau, mau)) > 1e-9
  );

-- fail: ALL has at least the users of each of its parts, and at most their sum
with active as (
  select * from clan_case_analytics.active_users where event_date between {{from_date}} and {{to_date}}
),

parts as (
  select 'platforms' as all_of, event_date, country, 'ALL' as platform, dau, wau, mau, new_users, payers
  from active
  where platform <> 'ALL'
  union all
  select 'countries', event_date, 'ALL', platform, dau, wau, mau, new_users, payers
  from active
  where country <> 'ALL'
),

wholes as (
  select 'platforms' as all_of, active.* from active where platform = 'ALL'
  union all
  select 'countries', active.* from active where country = 'ALL'
),

bounds as (
  select
    all_of,
    event_date,
    country,
    platform,
    max(dau) as least_dau,
    sum(dau) as most_dau,
    max(wau) as least_wau,
    sum(wau) as most_wau,
    max(mau) as least_mau,
    sum(mau) as most_mau,
    max(new_users) as least_new,
    sum(new_users) as most_new,
    max(payers) as least_payers,
    sum(payers) as most_payers
  from parts
  group by all_of, event_date, country, platform
)

select event_date, country, platform, all_of, dau, least_dau, most_dau, mau, least_mau, most_mau
from wholes
full join bounds using (all_of, event_date, country, platform)
where dau is null
  or least_dau is null
  or dau not between least_dau and most_dau
  or wau not between least_wau and most_wau
  or mau not between least_mau and most_mau
  or new_users not between least_new and most_new
  or payers not between least_payers and most_payers;

-- fail: every day, country and platform has the users, new users and payers of daily_metrics
with active as (
  select *
  from clan_case_analytics.active_users
  where event_date between {{from_date}} and {{to_date}} and country <> 'ALL' and platform <> 'ALL' and dau > 0
),

daily as (
  select * from clan_case_analytics.daily_metrics where event_date between {{from_date}} and {{to_date}}
)

select event_date, country, platform, daily.dau as daily_dau, active.dau
from daily
full join active using (event_date, country, platform)
where daily.dau is distinct from active.dau
  or daily.new_users is distinct from active.new_users
  or daily.payers is distinct from active.payers;
