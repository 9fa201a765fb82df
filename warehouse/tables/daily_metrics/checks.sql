-- Each query returns the violating rows of the days from {{from_date}} to {{to_date}}, or groups of them with their number
-- as row_count.

-- fail: a day, country and platform has one row
select event_date, country, platform, count(*) as row_count
from clan_case_analytics.daily_metrics
where event_date between {{from_date}} and {{to_date}}
group by event_date, country, platform
having count(*) > 1;

-- fail: the key is not null, the country not blank, the platform known
select event_date, country, platform
from clan_case_analytics.daily_metrics
where event_date between {{from_date}} and {{to_date}}
  and (country is null or trim(country) = '' or platform is null or platform not in ('ANDROID', 'IOS'));

-- fail: every day, country and platform has the users, payers, sessions, matches, errors and revenue of raw, revenue to the cent
with summed as (
  select
    event_date,
    coalesce(nullif(upper(trim(country)), ''), 'Unknown') as country,
    upper(platform) as platform,
    count(*) as user_rows,
    sum(match_start_count) as matches_started,
    sum(match_end_count) as matches_ended,
    sum(victory_count) as victories,
    sum(defeat_count) as defeats,
    sum(server_connection_error) as server_connection_errors,
    round(sum(iap_revenue), 2) as iap_revenue,
    round(sum(ad_revenue), 2) as ad_revenue,
    countif(iap_revenue > 0) as payer_rows,
    countif(install_date = event_date) as new_user_rows,
    sum(total_session_count) as sessions,
    sum(total_session_duration) as session_duration
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
  group by 1, 2, 3
),

-- How many rows are more than the users. Counting the distinct users of all rows would take most of the time.
surplus as (
  select
    event_date,
    coalesce(nullif(upper(trim(country)), ''), 'Unknown') as country,
    upper(platform) as platform,
    count(*) - count(distinct user_id) as user_rows,
    countif(iap_revenue > 0) - count(distinct case when iap_revenue > 0 then user_id end) as payer_rows,
    countif(install_date = event_date)
    - count(distinct case when install_date = event_date then user_id end) as new_user_rows
  from clan_case_raw.user_daily_metrics_raw
  where event_date between {{from_date}} and {{to_date}}
    and user_id in (
{{repeated_users}}
    )
  group by 1, 2, 3
),

raw as (
  select
    summed.*,
    summed.user_rows - coalesce(surplus.user_rows, 0) as dau,
    summed.payer_rows - coalesce(surplus.payer_rows, 0) as payers,
    summed.new_user_rows - coalesce(surplus.new_user_rows, 0) as new_users
  from summed
  left join surplus
    on surplus.event_date = summed.event_date
    and surplus.country = summed.country
    and surplus.platform = summed.platform
),

metrics as (
  select
    event_date,
    country,
    platform,
    sum(dau) as dau,
    sum(matches_started) as matches_started,
    sum(matches_ended) as matches_ended,
    sum(victories) as victories,
    sum(defeats) as defeats,
    sum(server_connection_errors) as server_connection_errors,
    round(sum(total_iap_revenue), 2) as iap_revenue,
    round(sum(total_ad_revenue), 2) as ad_revenue,
    sum(payers) as payers,
    sum(new_users) as new_users,
    sum(total_sessions) as sessions,
    sum(total_session_duration) as session_duration
  from clan_case_analytics.daily_metrics
  where event_date between {{from_date}} and {{to_date}}
  group by event_date, country, platform
)

select
  event_date,
  country,
  platform,
  raw.dau as raw_dau,
  metrics.dau as dau,
  raw.iap_revenue as raw_iap_revenue,
  metrics.iap_revenue as iap_revenue,
  raw.ad_revenue as raw_ad_revenue,
  metrics.ad_revenue as ad_revenue
from raw
full join metrics using (event_date, country, platform)
where raw.dau is distinct from metrics.dau
  or raw.matches_started is distinct from metrics.matches_started
  or raw.matches_ended is distinct from metrics.matches_ended
  or raw.victories is distinct from metrics.victories
  or raw.defeats is distinct from metrics.defeats
  or raw.server_connection_errors is distinct from metrics.server_connection_errors
  or raw.iap_revenue is distinct from metrics.iap_revenue
  or raw.ad_revenue is distinct from metrics.ad_revenue
  or raw.payers is distinct from metrics.payers
  or raw.new_users is distinct from metrics.new_users
  or raw.sessions is distinct from metrics.sessions
  or raw.session_duration is distinct from metrics.session_duration;

-- fail: every ratio is its sum over its divisor, and null exactly where that is 0
select event_date, country, platform, dau, arpdau, matches_ended, win_ratio, defeat_ratio
from clan_case_analytics.daily_metrics
where event_date between {{from_date}} and {{to_date}}
  and (
    dau < 1
    or arpdau is null
    or abs(arpdau - safe_divide(cast(total_iap_revenue + total_ad_revenue as float64), dau)) > 1e-9
    or match_per_dau is null
    or abs(match_per_dau - safe_divide(matches_started, dau)) > 1e-9
    or server_error_per_dau is null
    or abs(server_error_per_dau - safe_divide(server_connection_errors, dau)) > 1e-9
    or (win_ratio is null) <> (matches_ended = 0)
    or abs(win_ratio - safe_divide(victories, matches_ended)) > 1e-9
    or (defeat_ratio is null) <> (matches_ended = 0)
    or abs(defeat_ratio - safe_divide(defeats, matches_ended)) > 1e-9
    or (arppu is null) <> (payers = 0)
    or abs(arppu - safe_divide(cast(total_iap_revenue as float64), payers)) > 1e-9
    or payer_ratio is null
    or abs(payer_ratio - safe_divide(payers, dau)) > 1e-9
  );

-- warn: win and defeat ratio are at most 1
select event_date, country, platform, matches_ended, victories, defeats
from clan_case_analytics.daily_metrics
where event_date between {{from_date}} and {{to_date}} and (win_ratio > 1 or defeat_ratio > 1);

-- warn across days: no figure of a day that is over is far from the same weekdays before
{{unusual_days}};
