-- Records the days that daily_metrics has to recompute: those of the rows in {{rows}}.
insert into clan_case_raw.activity_sync_days (sync_id, event_date)
select {{sync_id}}, event_date
from (select distinct event_date from {{rows}}) as touched
