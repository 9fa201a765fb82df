-- What would the metrics of the last 30 days with activity be, of what is in PostgreSQL alone? The definitions are those of
-- warehouse/tables/daily_metrics/query.sql, whose table also has the activity that came in files.
select
  event_date,
  coalesce(country, 'Unknown') as country,
  platform,
  count(*) as dau,
  sum(iap_revenue) as total_iap_revenue,
  sum(ad_revenue) as total_ad_revenue,
  sum(iap_revenue + ad_revenue)::float8 / count(*) as arpdau,
  sum(match_start_count) as matches_started,
  sum(match_start_count)::float8 / count(*) as match_per_dau,
  sum(victory_count)::float8 / nullif(sum(match_end_count), 0) as win_ratio,
  sum(defeat_count)::float8 / nullif(sum(match_end_count), 0) as defeat_ratio,
  sum(server_connection_error)::float8 / count(*) as server_error_per_dau
from user_activity
where event_date > (select max(event_date) - 30 from user_activity)
group by event_date, country, platform
order by event_date desc, country, platform;
