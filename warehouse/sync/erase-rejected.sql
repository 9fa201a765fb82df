-- Deletes rejected lines that contain the id of an erased user.
delete from clan_case_raw.user_daily_metrics_rejected
where concat(part, ' ', cast(line as string)) in (
{{lines_with_erased}}
)
