-- Each query returns the violating rows of the days from {{from_date}} to {{to_date}}, or groups of them with their number
-- as row_count.

-- fail: clan_daily_metrics has one row per day and clan
select event_date, clan_id, count(*) as row_count
from clan_case_analytics.clan_daily_metrics
where event_date between {{from_date}} and {{to_date}}
group by event_date, clan_id
having count(*) > 1;

-- fail: those active on a day are among those active in the week, and these among the members; the health is that of its rule
with known_days as (
  select distinct event_date
  from clan_case_analytics.daily_metrics
  where event_date between {{from_date}} - 13 and {{to_date}} - 6
),

judged as (
  select clan_days.*, this_week.event_date is not null and week_before.event_date is not null as is_known
  from clan_case_analytics.clan_daily_metrics as clan_days
  left join known_days as this_week on this_week.event_date = clan_days.event_date - 6
  left join known_days as week_before on week_before.event_date = clan_days.event_date - 13
  where clan_days.event_date between {{from_date}} and {{to_date}}
)

select event_date, clan_id, members, active_members, weekly_active_members, joins, leaves, activity_trend, days_since_join, health
from judged
where active_members < 0
  or weekly_active_members < active_members
  or members < weekly_active_members
  or joins < 0
  or leaves < 0
  or days_since_join < 0
  or activity_trend < 0
  or health <> {{health}};

-- fail: every day's clans have the members, joins and leaves of the memberships
with days as (
  select distinct event_date
  from clan_case_analytics.daily_metrics
  where event_date between {{from_date}} and {{to_date}}
),

clan_days as (
  select event_date, sum(members) as members, sum(joins) as joins, sum(leaves) as leaves
  from clan_case_analytics.clan_daily_metrics
  where event_date between {{from_date}} and {{to_date}}
  group by event_date
),

-- Every membership that began by a day and did not end by it is one of its members.
moves as (
  select joined_date as event_date, 1 as joined, 0 as ended from clan_case_raw.clan_membership_periods
  union all
  select left_date, 0, 1 from clan_case_raw.clan_membership_periods where left_date is not null
),

move_days as (
  select event_date, sum(joined) as joined, sum(ended) as ended from moves group by event_date
),

membership_days as (
  select
    days.event_date,
    sum(move_days.joined - move_days.ended) as members,
    sum(case when move_days.event_date = days.event_date then move_days.joined else 0 end) as joins,
    sum(case when move_days.event_date = days.event_date then move_days.ended else 0 end) as leaves
  from days
  join move_days on move_days.event_date <= days.event_date
  group by days.event_date
)

select
  days.event_date,
  clan_days.members,
  membership_days.members as members_of_periods,
  clan_days.joins,
  membership_days.joins as joins_of_periods,
  clan_days.leaves,
  membership_days.leaves as leaves_of_periods
from days
left join clan_days on clan_days.event_date = days.event_date
left join membership_days on membership_days.event_date = days.event_date
where coalesce(clan_days.members, 0) <> coalesce(membership_days.members, 0)
  or coalesce(clan_days.joins, 0) <> coalesce(membership_days.joins, 0)
  or coalesce(clan_days.leaves, 0) <> coalesce(membership_days.leaves, 0);

-- warn: of 100 clans of known health or more, fewer than nine of ten have the same
with clan_days as (
  select event_date, health
  from clan_case_analytics.clan_daily_metrics
  where event_date between {{from_date}} and {{to_date}} and members > 0 and health <> 'unknown'
),

sizes as (
  select event_date, count(*) as clans from clan_days group by event_date
)

select event_date, health, count(*) as clans_of_this_health, max(sizes.clans) as clans
from clan_days
join sizes using (event_date)
where sizes.clans >= 100
group by event_date, health
having count(*) * 10 >= max(sizes.clans) * 9;
