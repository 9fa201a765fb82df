select
  'user_daily_metrics_raw: yesterday has rows, as the days before do' as claim,
  if(countif(event_date = {{yesterday}}) = 0 and count(*) > 0, 1, 0) as found
from clan_case_raw.user_daily_metrics_raw
where event_date between {{from_date}} and {{to_date}}
