-- Each query returns the violating rows of the days from {{from_date}} to {{to_date}}, or groups of them with their number
-- as row_count.

-- fail: a user has one row a day and platform
select event_date, user_id, platform, count(*) as row_count
from clan_case_raw.user_daily_metrics_raw
where event_date between {{from_date}} and {{to_date}}
  and user_id in (
{{repeated_users}}
  )
group by event_date, user_id, platform
having count(*) > 1;

-- fail: the key is not null, and the platform is known
select event_date, user_id, platform
from clan_case_raw.user_daily_metrics_raw
where event_date between {{from_date}} and {{to_date}}
  and (user_id is null or user_id = '' or platform is null or platform not in ('ANDROID', 'IOS'));

-- fail: no day is in the future (a sender's tomorrow may have begun)
select event_date, count(*) as row_count
from clan_case_raw.user_daily_metrics_raw
where event_date between {{from_date}} and {{to_date}}
  and unix_date(event_date) > floor(unix_seconds(current_timestamp) / 86400) + 1
group by event_date;

-- fail: nobody plays before installing
select event_date, user_id, platform, install_date
from clan_case_raw.user_daily_metrics_raw
where event_date between {{from_date}} and {{to_date}} and install_date > event_date;

-- fail: counts and amounts are not negative
select event_date, user_id, platform
from clan_case_raw.user_daily_metrics_raw
where event_date between {{from_date}} and {{to_date}}
  and (
    least({{counts}}) < 0
    or least({{amounts}}) < 0
  );

-- warn across days: no day is missing between the first and the last
with days as (
  select distinct event_date
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
)

-- Each gap is a row of the day after it.
select days.event_date, max(before.event_date) as last_day_before
from days
join days as before on before.event_date < days.event_date
group by days.event_date
having unix_date(days.event_date) - unix_date(max(before.event_date)) > 1;

-- warn across days: a day that is over has between half and twice the rows of the mean day of the week before
with days as (
  select unix_date(event_date) as day, event_date, count(*) as day_rows
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
    and unix_date(event_date) < floor(unix_seconds(current_timestamp) / 86400)
  group by event_date
)
select days.event_date, days.day_rows, avg(before.day_rows) as mean_before
from days
join days as before on before.day between days.day - 7 and days.day - 1
group by days.event_date, days.day_rows
having days.day_rows < avg(before.day_rows) / 2 or days.day_rows > avg(before.day_rows) * 2;

-- warn: victories and defeats do not exceed the matches ended
select event_date, count(*) as row_count
from clan_case_raw.user_daily_metrics_raw
where event_date between {{from_date}} and {{to_date}} and victory_count + defeat_count > match_end_count
group by event_date;
