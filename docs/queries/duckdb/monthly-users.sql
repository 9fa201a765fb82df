-- How many people played in the last 30 days, and how often, by platform? ALL counts who plays on both once. The 30 days end with
-- the last one that is over (UTC): today's users are still coming.
select platform, dau, wau, mau, stickiness
from clan_case_analytics.active_users
where country = 'ALL'
  and event_date = (
    select max(event_date)
    from clan_case_analytics.active_users
    where event_date < cast(current_timestamp at time zone 'UTC' as date)
  )
order by mau desc, platform;
