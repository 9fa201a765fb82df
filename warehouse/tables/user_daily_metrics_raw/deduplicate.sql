-- Keeps one row per key of the days from {{from_date}} to {{to_date}}, atomically and repeatably, by replacing these days
-- as replace-days.sql does. Of several rows it keeps the one with the most sessions: a day's counters only grow, so that is
-- the last delivery. The other columns make the choice the same on every engine.
merge into clan_case_raw.user_daily_metrics_raw as target
using (
  select {{columns}}
  from (
    select *, row_number() over (partition by {{key}} order by {{latest_first}}) as copy
    from clan_case_raw.user_daily_metrics_raw
    where event_date between {{from_date}} and {{to_date}}
  ) as numbered
  where copy = 1
) as source
on false
when not matched by source and target.event_date between {{from_date}} and {{to_date}} then delete
when not matched by target then
  insert ({{columns}})
  values ({{source_columns}})
