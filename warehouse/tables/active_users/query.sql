-- The rows of active_users from {{from_date}} to {{to_date}}: for every day that has a raw row, one per country and platform
-- that had a user in the 30 days to it, with ALL for all countries and all platforms.
--
-- A user who is active on a day counts in every window of n days that ends on it or on one of the n - 1 days after it, but
-- not from the user's next active day on, which counts instead. So a row adds 1 at its day and takes it away where this ends,
-- and the sum of these up to a day is the number of users in the window: one pass, exact, and no row per window.
with activity as (
  select
    event_date,
    user_id,
    coalesce(nullif(upper(trim(country)), ''), 'Unknown') as country,
    upper(platform) as platform,
    install_date,
    iap_revenue
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} - 29 and {{to_date}}
),

-- Once: whether a user has one country and one platform, so that all roll-ups see the same days.
seen as (
  select
    activity.*,
    lag(event_date) over (partition by user_id order by event_date) as previous_date,
    lead(event_date) over (partition by user_id order by event_date) as next_date,
    min(country) over (partition by user_id) = max(country) over (partition by user_id)
      and min(platform) over (partition by user_id) = max(platform) over (partition by user_id) as is_in_one
  from activity
),

rollups as (
  select false as is_all_countries, false as is_all_platforms
  union all select false, true
  union all select true, false
  union all select true, true
),

-- The others, in each roll-up, once a day.
moving as (
  select
    event_date,
    user_id,
    case when is_all_countries then 'ALL' else country end as country,
    case when is_all_platforms then 'ALL' else platform end as platform,
    max(case when install_date = event_date then 1 else 0 end) as is_new,
    max(case when iap_revenue > 0 then 1 else 0 end) as is_payer
  from seen
  cross join rollups
  where not is_in_one
  group by 1, 2, 3, 4
),

stays as (
  select
    event_date,
    country,
    platform,
    previous_date,
    next_date,
    case when install_date = event_date then 1 else 0 end as is_new,
    case when iap_revenue > 0 then 1 else 0 end as is_payer,
    true as is_in_one
  from seen
  where is_in_one and (next_date is null or next_date > event_date)
  union all
  select
    event_date,
    country,
    platform,
    lag(event_date) over (partition by user_id, country, platform order by event_date),
    lead(event_date) over (partition by user_id, country, platform order by event_date),
    is_new,
    is_payer,
    false
  from moving
),

-- The first day on which the row no longer counts in a window, if any.
counted as (
  select
    stays.*,
    least(coalesce(next_date, event_date + 7), event_date + 7) as week_end,
    least(coalesce(next_date, event_date + 30), event_date + 30) as month_end,
    case when is_new = 0 and (previous_date is null or previous_date < event_date - 29) then 1 else 0 end as is_resurrected
  from stays
),

changes as (
  select
    event_date, country, platform, is_in_one,
    count(*) as dau, count(*) as wau, count(*) as mau,
    sum(is_new) as new_users, sum(is_resurrected) as resurrected_users, sum(is_payer) as payers
  from counted
  group by event_date, country, platform, is_in_one
  union all
  select week_end, country, platform, is_in_one, 0, -count(*), 0, 0, 0, 0
  from counted
  group by week_end, country, platform, is_in_one
  union all
  select month_end, country, platform, is_in_one, 0, 0, -count(*), 0, 0, 0
  from counted
  group by month_end, country, platform, is_in_one
),

rolled_up as (
  select event_date, country, platform, dau, wau, mau, new_users, resurrected_users, payers
  from changes
  where not is_in_one
  union all
  select
    event_date,
    case when is_all_countries then 'ALL' else country end,
    case when is_all_platforms then 'ALL' else platform end,
    dau, wau, mau, new_users, resurrected_users, payers
  from changes
  cross join rollups
  where is_in_one
),

-- A day of which there is no row is no day of nobody.
days as (
  select distinct event_date from activity
),

-- Every group has every day, also without a change.
filled as (
  select event_date, country, platform, dau, wau, mau, new_users, resurrected_users, payers from rolled_up
  union all
  select days.event_date, country, platform, 0, 0, 0, 0, 0, 0
  from (select distinct country, platform from rolled_up) as present
  cross join days
),

daily as (
  select
    event_date,
    country,
    platform,
    sum(dau) as dau,
    sum(wau) as wau_change,
    sum(mau) as mau_change,
    sum(new_users) as new_users,
    sum(resurrected_users) as resurrected_users,
    sum(payers) as payers
  from filled
  group by event_date, country, platform
),

active as (
  select
    daily.*,
    sum(wau_change) over (partition by country, platform order by event_date) as wau,
    sum(mau_change) over (partition by country, platform order by event_date) as mau
  from daily
),

active_users as (
  select
    event_date,
    country,
    platform,
    cast(dau as int64) as dau,
    cast(wau as int64) as wau,
    cast(mau as int64) as mau,
    cast(new_users as int64) as new_users,
    cast(dau - new_users as int64) as returning_users,
    cast(resurrected_users as int64) as resurrected_users,
    cast(payers as int64) as payers,
    safe_divide(cast(dau as float64), cast(mau as float64)) as stickiness
  from active
  join days using (event_date)
  where mau > 0 and event_date between {{from_date}} and {{to_date}}
)

select * from active_users
