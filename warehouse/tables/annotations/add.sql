-- Adds an annotation, unless one with its id is there. An empty metric or country stands for all.
merge into clan_case_analytics.annotations as target
using (
  select
    @annotation_id as annotation_id,
    @event_date as event_date,
    @note as text,
    nullif(@metric, '') as metric,
    nullif(@country, '') as country
) as source
on target.annotation_id = source.annotation_id
when not matched then
  insert (annotation_id, event_date, text, metric, country, created_at)
  values (source.annotation_id, source.event_date, source.text, source.metric, source.country, current_timestamp)
