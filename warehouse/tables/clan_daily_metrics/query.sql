-- The rows of clan_daily_metrics from {{from_date}} to {{to_date}}, at most 31 days. The weeks before {{from_date}} are read from
-- the table itself: days are recomputed in their order.
with memberships as (
  select user_id, clan_id, joined_date, coalesce(left_date, date '9999-12-31') as until_date
  from clan_case_raw.clan_membership_periods
  where joined_date <= {{to_date}}
),

-- The days of a user are the bits of a number, the first of them 6 days before {{from_date}}.
active as (
  select
    user_id,
    bit_or(cast(1 as int64) << (unix_date(event_date) - unix_date({{from_date}}) + 6)) as active_bits
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} - 6 and {{to_date}}
  group by user_id
),

-- A day without any row is a day that is missing, not one on which no clan was active.
days as (
  select distinct event_date, unix_date(event_date) - unix_date({{from_date}}) as first_bit
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
),

present as (
  select
    memberships.clan_id,
    memberships.joined_date,
    memberships.until_date,
    coalesce(active.active_bits, 0) as active_bits
  from memberships
  left join active on active.user_id = memberships.user_id
),

counted as (
  select
    event_date,
    clan_id,
    countif(until_date > event_date) as members,
    countif(until_date > event_date and active_bits >> (first_bit + 6) & 1 = 1) as active_members,
    countif(joined_date = event_date) as joins,
    countif(until_date = event_date) as leaves,
    countif(until_date > event_date and active_bits >> first_bit & 127 <> 0) as weekly_active_members,
    max(joined_date) as last_joined_date
  from present
  cross join days
  where joined_date <= event_date
  group by event_date, clan_id
  having countif(until_date >= event_date) > 0
),

activity as (
  select * from clan_case_raw.user_daily_metrics_raw where event_date between {{from_date}} and {{to_date}}
),

played as (
  select
    activity.event_date,
    memberships.clan_id,
    sum(activity.total_session_count) as sessions,
    sum(activity.match_start_count) as matches_started,
    sum(activity.match_end_count) as matches_ended,
    sum(activity.victory_count) as victories,
    sum(activity.iap_revenue + activity.ad_revenue) as revenue
  from activity
  join memberships
    on memberships.user_id = activity.user_id
    and memberships.joined_date <= activity.event_date
    and memberships.until_date > activity.event_date
  group by activity.event_date, memberships.clan_id
),

-- A week is known when its first day has rows: in the first days of the data, hardly anybody seems active.
known_days as (
  select distinct event_date
  from clan_case_analytics.daily_metrics
  where event_date between {{from_date}} - 34 and {{to_date}} - 6
),

weeks_before as (
  select 7 as days union all select 14 union all select 21 union all select 28
),

-- Of the table itself, the same weekdays: of a single day, four partitions instead of 28. BigQuery prunes by constants with `or`, as
-- the query plan in
-- https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables#using_a_filter_in_the_search_condition_of_a_when_clause has
-- it; that it does so for ranges is believed, and without, it reads 28.
weeks as (
  select event_date, clan_id, weekly_active_members from counted
  union all
  select event_date, clan_id, weekly_active_members
  from clan_case_analytics.clan_daily_metrics
  where event_date between {{from_date}} - 28 and {{from_date}} - 1
    and (
      event_date between {{from_date}} - 7 and {{to_date}} - 7
      or event_date between {{from_date}} - 14 and {{to_date}} - 14
      or event_date between {{from_date}} - 21 and {{to_date}} - 21
      or event_date between {{from_date}} - 28 and {{to_date}} - 28
    )
),

before as (
  select
    weeks.event_date + weeks_before.days as compared_date,
    weeks.clan_id,
    count(*) as weeks,
    sum(weeks.weekly_active_members) as active_members
  from weeks
  join known_days on known_days.event_date = weeks.event_date - 6
  cross join weeks_before
  where weeks.event_date + weeks_before.days between {{from_date}} and {{to_date}}
  group by compared_date, clan_id
),

-- The first state that is known also stands for the days before.
states as (
  select
    clan_id,
    name,
    region,
    case when lag(valid_from) over (partition by clan_id order by valid_from) is null then date '0001-01-01' else valid_from end
      as valid_from,
    coalesce(lead(valid_from) over (partition by clan_id order by valid_from), date '9999-12-31') as valid_until
  from clan_case_raw.clans
),

joined as (
  select
    counted.event_date,
    counted.clan_id,
    states.name,
    states.region,
    counted.members,
    counted.active_members,
    counted.joins,
    counted.leaves,
    coalesce(played.sessions, 0) as sessions,
    coalesce(played.matches_started, 0) as matches_started,
    coalesce(played.matches_ended, 0) as matches_ended,
    coalesce(played.victories, 0) as victories,
    coalesce(played.revenue, 0) as revenue,
    counted.weekly_active_members,
    -- Exact until the division.
    safe_divide(
      cast(counted.weekly_active_members * before.weeks as float64),
      cast(before.active_members as float64)
    ) as activity_trend,
    unix_date(counted.event_date) - unix_date(counted.last_joined_date) as days_since_join,
    this_week.event_date is not null and week_before.event_date is not null as is_known
  from counted
  left join played on played.event_date = counted.event_date and played.clan_id = counted.clan_id
  left join before on before.compared_date = counted.event_date and before.clan_id = counted.clan_id
  left join known_days as this_week on this_week.event_date = counted.event_date - 6
  left join known_days as week_before on week_before.event_date = counted.event_date - 13
  left join states
    on states.clan_id = counted.clan_id
    and states.valid_from <= counted.event_date
    and states.valid_until > counted.event_date
),

clan_daily_metrics as (
  select
    event_date,
    clan_id,
    name,
    region,
    members,
    active_members,
    joins,
    leaves,
    cast(sessions as int64) as sessions,
    cast(matches_started as int64) as matches_started,
    cast(matches_ended as int64) as matches_ended,
    cast(victories as int64) as victories,
    revenue,
    weekly_active_members,
    activity_trend,
    cast(days_since_join as int64) as days_since_join,
    {{health}} as health
  from joined
)

select * from clan_daily_metrics
