-- What does user activity look like? A hundred rows of the last days, one per user, day and platform.
select
  user_id,
  event_date,
  platform,
  install_date,
  country,
  total_session_count,
  total_session_duration,
  match_start_count,
  match_end_count,
  victory_count,
  defeat_count,
  server_connection_error,
  iap_revenue,
  ad_revenue
from user_activity
order by event_date desc, user_id, platform
limit 100;
