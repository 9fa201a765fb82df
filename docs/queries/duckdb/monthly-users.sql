-- How many people played in the last 30 days, and how often, by platform? ALL counts who plays on both once.
select platform, dau, wau, mau, stickiness
from clan_case_analytics.active_users
where country = 'ALL'
  and event_date = (select max(event_date) from clan_case_analytics.active_users)
order by mau desc, platform;
