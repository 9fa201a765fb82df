-- The rows of cohort_metrics whose day is from {{from_date}} to {{to_date}}: one per day of the install, days since then (up
-- to 90), country and platform.
with activity as (
  select * from clan_case_raw.user_daily_metrics_raw where event_date between {{from_date}} and {{to_date}}
),

aged as (
  select
    event_date,
    install_date,
    unix_date(event_date) - unix_date(install_date) as day_n,
    coalesce(nullif(upper(trim(country)), ''), 'Unknown') as country,
    upper(platform) as platform,
    user_id,
    iap_revenue,
    ad_revenue,
    total_session_count,
    total_session_duration
  from activity
),

cohort_metrics as (
  select
    event_date,
    install_date,
    cast(day_n as int64) as day_n,
    country,
    platform,
    count(distinct user_id) as active_users,
    count(distinct case when iap_revenue > 0 then user_id end) as payers,
    sum(iap_revenue) as iap_revenue,
    sum(ad_revenue) as ad_revenue,
    sum(total_session_count) as sessions,
    sum(total_session_duration) as session_duration
  from aged
  where day_n between 0 and 90
  group by event_date, install_date, day_n, country, platform
)

select * from cohort_metrics
