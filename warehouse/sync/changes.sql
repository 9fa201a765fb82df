-- Asked of PostgreSQL, as clan_reader: what changed since a moment, which is put in as a literal, because neither COPY nor
-- EXTERNAL_QUERY takes parameters. Amounts are rounded as the warehouse rounds them.
select
  user_id,
  event_date,
  platform,
  install_date,
  country,
  total_session_count,
  total_session_duration::numeric(38, 9) as total_session_duration,
  match_start_count,
  match_end_count,
  victory_count,
  defeat_count,
  server_connection_error,
  iap_revenue::numeric(38, 9) as iap_revenue,
  ad_revenue::numeric(38, 9) as ad_revenue,
  is_erased
from activity_changes($1)
