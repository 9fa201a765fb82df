-- The rejected lines that contain the id of an erased user as a field of CSV or a string of JSON. See rejected-lines.ts for
-- how a line is read.
with readings as (
  select part, line, text, text as source, false as is_csv
  from clan_case_raw.user_daily_metrics_rejected
  union all
  select part, line, replace(text, '""', '"') as text, text as source, true as is_csv
  from clan_case_raw.user_daily_metrics_rejected
  where strpos(text, '"') > 0
  union all
  select part, line, text, text as source, false as is_csv
  from (
    select part, line, {{decoded_json}} as text
    from clan_case_raw.user_daily_metrics_rejected
    where strpos(text, chr(92)) > 0
  ) as json
),
erased as (
  select user_id, {{id_as_field}} as field
  from changes
  where is_erased
)
select concat(readings.part, ' ', cast(readings.line as string)) as part_and_line
from readings
cross join erased
where strpos(readings.text, erased.user_id) > 0
  -- Of few lines, which have the text anywhere.
  and strpos(case when readings.is_csv then {{csv_fields}} else {{fields}} end, erased.field) > 0
