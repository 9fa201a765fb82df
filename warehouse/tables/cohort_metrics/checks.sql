-- Each query returns the violating rows of the days from {{from_date}} to {{to_date}}, or groups of them with their number
-- as row_count.

-- fail: a cohort has one row per day since the install, country and platform
select install_date, day_n, country, platform, count(*) as row_count
from clan_case_analytics.cohort_metrics
where event_date between {{from_date}} and {{to_date}}
group by install_date, day_n, country, platform
having count(*) > 1;

-- fail: a cohort's day is as many days after the install as it says, up to 90, and has users
select event_date, install_date, day_n, country, platform, active_users, payers
from clan_case_analytics.cohort_metrics
where event_date between {{from_date}} and {{to_date}}
  and (
    day_n not between 0 and 90
    or unix_date(event_date) - unix_date(install_date) <> day_n
    or active_users < 1
    or payers not between 0 and active_users
  );

-- fail: every day's cohorts have the users, payers, sessions and revenue of raw up to day 90, revenue to the cent
with summed as (
  select
    event_date,
    count(*) as user_rows,
    countif(iap_revenue > 0) as payer_rows,
    round(sum(iap_revenue), 2) as iap_revenue,
    round(sum(ad_revenue), 2) as ad_revenue,
    sum(total_session_count) as sessions,
    sum(total_session_duration) as session_duration
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}} and unix_date(event_date) - unix_date(install_date) between 0 and 90
  group by event_date
),

-- How many rows are more than the users. Counting the distinct users of all rows would take most of the time.
repeated as (
  select
    event_date,
    count(*) - 1 as user_rows,
    greatest(countif(iap_revenue > 0) - 1, 0) as payer_rows
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
    and unix_date(event_date) - unix_date(install_date) between 0 and 90
    and user_id in (
{{repeated_users}}
    )
  group by event_date, user_id, install_date, coalesce(nullif(upper(trim(country)), ''), 'Unknown'), upper(platform)
),

surplus as (
  select event_date, sum(user_rows) as user_rows, sum(payer_rows) as payer_rows from repeated group by event_date
),

raw_days as (
  select
    summed.*,
    summed.user_rows - coalesce(surplus.user_rows, 0) as users,
    summed.payer_rows - coalesce(surplus.payer_rows, 0) as payers
  from summed
  left join surplus on surplus.event_date = summed.event_date
),

cohort_days as (
  select
    event_date,
    sum(active_users) as users,
    sum(payers) as payers,
    round(sum(iap_revenue), 2) as iap_revenue,
    round(sum(ad_revenue), 2) as ad_revenue,
    sum(sessions) as sessions,
    sum(session_duration) as session_duration
  from clan_case_analytics.cohort_metrics
  where event_date between {{from_date}} and {{to_date}}
  group by event_date
)

select
  event_date,
  raw_days.users as raw_users,
  cohort_days.users,
  raw_days.iap_revenue as raw_iap_revenue,
  cohort_days.iap_revenue,
  raw_days.ad_revenue as raw_ad_revenue,
  cohort_days.ad_revenue
from raw_days
full join cohort_days using (event_date)
where raw_days.users is distinct from cohort_days.users
  or raw_days.payers is distinct from cohort_days.payers
  or raw_days.iap_revenue is distinct from cohort_days.iap_revenue
  or raw_days.ad_revenue is distinct from cohort_days.ad_revenue
  or raw_days.sessions is distinct from cohort_days.sessions
  or raw_days.session_duration is distinct from cohort_days.session_duration;
