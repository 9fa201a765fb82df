-- The rows of active_users from {{from_date}} to {{to_date}}, at most 33 days: for every day that has a raw row, one per
-- country and platform that had a user in the 30 days to it, with ALL for all countries and all platforms.
--
-- The days of a user are the bits of a number, the first of them 29 days before {{from_date}}. So raw is aggregated once, by
-- user, and whether a user was active in a window is whether some of its bits are set: exact, without a row per activity and
-- window, and with less memory than sorting the activity of every user.
with activity as (
  select
    user_id,
    coalesce(nullif(upper(trim(country)), ''), 'Unknown') as country,
    upper(platform) as platform,
    install_date = event_date as is_new,
    iap_revenue > 0 as is_payer,
    case
      when unix_date({{to_date}}) - unix_date({{from_date}}) > 32 then cast(error('more than 33 days at once') as int64)
      else cast(1 as int64) << (unix_date(event_date) - unix_date({{from_date}}) + 29)
    end as day_bit
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} - 29 and {{to_date}}
),

placed as (
  select
    user_id,
    country,
    platform,
    bit_or(day_bit) as active_bits,
    bit_or(case when is_new then day_bit else 0 end) as new_bits,
    bit_or(case when is_payer then day_bit else 0 end) as payer_bits
  from activity
  group by user_id, country, platform
),

-- Users of one country and platform are added up over these. The few others count once in each roll-up.
movers as (
  select user_id, true as is_mover
  from placed
  group by user_id
  having count(*) > 1
),

rollups as (
  select false as all_countries, false as all_platforms
  union all select false, true
  union all select true, false
  union all select true, true
),

users as (
  select country, platform, false as is_mover, active_bits, new_bits, payer_bits
  from placed
  left join movers using (user_id)
  where movers.is_mover is null
  union all
  select
    case when all_countries then 'ALL' else country end as country,
    case when all_platforms then 'ALL' else platform end as platform,
    true as is_mover,
    bit_or(active_bits) as active_bits,
    bit_or(new_bits) as new_bits,
    bit_or(payer_bits) as payer_bits
  from placed
  join movers using (user_id)
  cross join rollups
  group by user_id, 1, 2
),

-- A day without any row is a day that is missing, not one without users.
days as (
  select distinct event_date, unix_date(event_date) - unix_date({{from_date}}) as first_bit
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
),

-- From `first_bit` on: the 29 days before, and the day.
windows as (
  select
    event_date,
    country,
    platform,
    is_mover,
    active_bits >> first_bit & ((1 << 29) - 1) as before_bits,
    active_bits >> (first_bit + 23) & 127 as week_bits,
    active_bits >> (first_bit + 29) & 1 as day_bit,
    new_bits >> (first_bit + 29) & 1 as new_bit,
    payer_bits >> (first_bit + 29) & 1 as payer_bit
  from users
  cross join days
),

counted as (
  select
    event_date,
    country,
    platform,
    is_mover,
    countif(day_bit = 1) as dau,
    countif(week_bits <> 0) as wau,
    countif(before_bits <> 0 or day_bit = 1) as mau,
    countif(new_bit = 1) as new_users,
    countif(day_bit = 1 and new_bit = 0 and before_bits = 0) as resurrected_users,
    countif(payer_bit = 1) as payers
  from windows
  group by event_date, country, platform, is_mover
),

rolled_up as (
  select event_date, country, platform, dau, wau, mau, new_users, resurrected_users, payers
  from counted
  where is_mover
  union all
  select
    event_date,
    case when all_countries then 'ALL' else country end,
    case when all_platforms then 'ALL' else platform end,
    dau,
    wau,
    mau,
    new_users,
    resurrected_users,
    payers
  from counted
  cross join rollups
  where not is_mover
),

summed as (
  select
    event_date,
    country,
    platform,
    sum(dau) as dau,
    sum(wau) as wau,
    sum(mau) as mau,
    sum(new_users) as new_users,
    sum(resurrected_users) as resurrected_users,
    sum(payers) as payers
  from rolled_up
  group by event_date, country, platform
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
  from summed
  where mau > 0
)

select * from active_users
