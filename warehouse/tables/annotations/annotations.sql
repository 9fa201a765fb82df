-- The annotations of some days.
select annotation_id, event_date, text, metric, country
from clan_case_analytics.annotations
where event_date between @from_date and @to_date
order by event_date, created_at, annotation_id
