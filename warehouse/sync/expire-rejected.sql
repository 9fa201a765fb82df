-- Deletes the rejected lines of files that were loaded more than 30 days ago.
delete from clan_case_raw.user_daily_metrics_rejected
where part in (
  select part
  from clan_case_raw.loaded_parts
  where unix_seconds(loaded_at) < unix_seconds(current_timestamp) - 30 * 24 * 60 * 60
)
