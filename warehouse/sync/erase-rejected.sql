-- Deletes rejected lines that contain the id of an erased user as a field of CSV or a string of JSON, and those of files
-- that were loaded more than 30 days ago.
delete from clan_case_raw.user_daily_metrics_rejected
where part in (
    select part
    from clan_case_raw.loaded_parts
    where unix_seconds(loaded_at) < unix_seconds(current_timestamp) - 30 * 24 * 60 * 60
  )
  or concat(part, ' ', cast(line as string)) in (
    select concat(rejected.part, ' ', cast(rejected.line as string))
    from clan_case_raw.user_daily_metrics_rejected as rejected
    cross join (select user_id from changes where is_erased) as erased
    where strpos(
      concat(',', replace(replace(replace(rejected.text, '"', ','), ';', ','), chr(9), ','), ','),
      concat(',', erased.user_id, ',')
    ) > 0
  )
