-- What were the metrics of each of the last 30 days? Ratios of several rows are sum / sum.
select
  event_date,
  sum(dau) as dau,
  sum(total_iap_revenue) as total_iap_revenue,
  sum(total_ad_revenue) as total_ad_revenue,
  sum(total_iap_revenue + total_ad_revenue) / sum(dau) as arpdau,
  sum(matches_started) / sum(dau) as match_per_dau,
  sum(victories) / nullif(sum(matches_ended), 0) as win_ratio,
  sum(defeats) / nullif(sum(matches_ended), 0) as defeat_ratio,
  sum(server_connection_errors) / sum(dau) as server_error_per_dau
from clan_case_analytics.daily_metrics
where event_date > (select max(event_date) - 30 from clan_case_analytics.daily_metrics)
group by event_date
order by event_date desc;
