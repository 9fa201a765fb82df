-- The rows of membership_metrics from {{from_date}} to {{to_date}}: those of daily_metrics, split by whether the user was in a
-- clan at the end of the day.
with activity as (
  select * from clan_case_raw.user_daily_metrics_raw where event_date between {{from_date}} and {{to_date}}
),

-- until_date: the first day at whose end the player is no longer in the clan. Never null, because a join needs a comparison.
memberships as (
  select user_id, joined_date, coalesce(left_date, date '9999-12-31') as until_date
  from clan_case_raw.clan_membership_periods
  where joined_date <= {{to_date}} and coalesce(left_date, date '9999-12-31') > {{from_date}}
),

placed as (
  select
    activity.event_date,
    coalesce(nullif(upper(trim(activity.country)), ''), 'Unknown') as country,
    upper(activity.platform) as platform,
    case when memberships.user_id is null then 'no_clan' else 'in_clan' end as membership,
    activity.user_id,
    activity.install_date,
    activity.iap_revenue,
    activity.ad_revenue,
    activity.match_start_count,
    activity.match_end_count,
    activity.victory_count,
    activity.defeat_count,
    activity.server_connection_error,
    activity.total_session_count,
    activity.total_session_duration
  from activity
  left join memberships
    on memberships.user_id = activity.user_id
    and memberships.joined_date <= activity.event_date
    and memberships.until_date > activity.event_date
),

membership_metrics as (
  select
    event_date,
    country,
    platform,
    membership,
    count(distinct user_id) as dau,
    count(distinct case when install_date = event_date then user_id end) as new_users,
    count(distinct case when iap_revenue > 0 then user_id end) as payers,
    sum(iap_revenue) as total_iap_revenue,
    sum(ad_revenue) as total_ad_revenue,
    sum(match_start_count) as matches_started,
    sum(match_end_count) as matches_ended,
    sum(victory_count) as victories,
    sum(defeat_count) as defeats,
    sum(server_connection_error) as server_connection_errors,
    sum(total_session_count) as total_sessions,
    sum(total_session_duration) as total_session_duration
  from placed
  group by event_date, country, platform, membership
)

select * from membership_metrics
