-- Each query returns the violating rows of the days from {{from_date}} to {{to_date}}, or groups of them with their number
-- as row_count.

-- fail: membership_metrics has one row per day, country, platform and membership
select event_date, country, platform, membership, count(*) as row_count
from clan_case_analytics.membership_metrics
where event_date between {{from_date}} and {{to_date}}
group by event_date, country, platform, membership
having count(*) > 1;

-- fail: players in a clan and the others add up to daily_metrics, revenue to the last digit
with metrics as (
  select * from clan_case_analytics.daily_metrics where event_date between {{from_date}} and {{to_date}}
),

split as (
  select
    event_date,
    country,
    platform,
    sum(dau) as dau,
    sum(new_users) as new_users,
    sum(payers) as payers,
    sum(total_iap_revenue) as total_iap_revenue,
    sum(total_ad_revenue) as total_ad_revenue,
    sum(matches_started) as matches_started,
    sum(matches_ended) as matches_ended,
    sum(victories) as victories,
    sum(defeats) as defeats,
    sum(server_connection_errors) as server_connection_errors,
    sum(total_sessions) as total_sessions,
    sum(total_session_duration) as total_session_duration
  from clan_case_analytics.membership_metrics
  where event_date between {{from_date}} and {{to_date}}
  group by event_date, country, platform
)

select event_date, country, platform, metrics.dau, split.dau as dau_of_both, metrics.total_iap_revenue, split.total_iap_revenue as iap_revenue_of_both
from metrics
full join split using (event_date, country, platform)
where metrics.dau is distinct from split.dau
  -- Null in rows from before the columns were added.
  or coalesce(metrics.new_users, split.new_users) is distinct from split.new_users
  or coalesce(metrics.payers, split.payers) is distinct from split.payers
  or metrics.total_iap_revenue is distinct from split.total_iap_revenue
  or metrics.total_ad_revenue is distinct from split.total_ad_revenue
  or metrics.matches_started is distinct from split.matches_started
  or metrics.matches_ended is distinct from split.matches_ended
  or metrics.victories is distinct from split.victories
  or metrics.defeats is distinct from split.defeats
  or metrics.server_connection_errors is distinct from split.server_connection_errors
  or coalesce(metrics.total_sessions, split.total_sessions) is distinct from split.total_sessions
  or coalesce(metrics.total_session_duration, split.total_session_duration) is distinct from split.total_session_duration;
