-- The rows of daily_metrics from {{from_date}} to {{to_date}}: one per day, country and platform.
with activity as (
  -- Reads the partitions of these days only.
  select * from clan_case_raw.user_daily_metrics_raw where event_date between {{from_date}} and {{to_date}}
),

cleaned as (
  select
    event_date,
    coalesce(nullif(upper(trim(country)), ''), 'Unknown') as country,
    upper(platform) as platform,
    user_id,
    install_date,
    total_session_count,
    total_session_duration,
    match_start_count,
    match_end_count,
    victory_count,
    defeat_count,
    server_connection_error,
    iap_revenue,
    ad_revenue
  from activity
),

summed as (
  select
    event_date,
    country,
    platform,
    count(distinct user_id) as dau,
    sum(iap_revenue) as total_iap_revenue,
    sum(ad_revenue) as total_ad_revenue,
    sum(match_start_count) as matches_started,
    sum(match_end_count) as matches_ended,
    sum(victory_count) as victories,
    sum(defeat_count) as defeats,
    sum(server_connection_error) as server_connection_errors,
    count(distinct case when iap_revenue > 0 then user_id end) as payers,
    count(distinct case when install_date = event_date then user_id end) as new_users,
    sum(total_session_count) as total_sessions,
    sum(total_session_duration) as total_session_duration
  from cleaned
  group by event_date, country, platform
),

daily_metrics as (
  select
    event_date,
    country,
    platform,
    dau,
    total_iap_revenue,
    total_ad_revenue,
    -- As floating point on both engines: a quotient of two exact numbers has another precision on each.
    safe_divide(cast(total_iap_revenue + total_ad_revenue as float64), cast(dau as float64)) as arpdau,
    matches_started,
    safe_divide(cast(matches_started as float64), cast(dau as float64)) as match_per_dau,
    safe_divide(cast(victories as float64), cast(matches_ended as float64)) as win_ratio,
    safe_divide(cast(defeats as float64), cast(matches_ended as float64)) as defeat_ratio,
    safe_divide(cast(server_connection_errors as float64), cast(dau as float64)) as server_error_per_dau,
    matches_ended,
    victories,
    defeats,
    server_connection_errors,
    payers,
    new_users,
    total_sessions,
    total_session_duration,
    safe_divide(cast(total_iap_revenue as float64), cast(payers as float64)) as arppu,
    safe_divide(cast(payers as float64), cast(dau as float64)) as payer_ratio
  from summed
)

select * from daily_metrics
