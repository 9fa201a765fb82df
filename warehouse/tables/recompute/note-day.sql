-- Records a day whose rows in raw are about to change: whatever ends this process before its metrics follow, the next run recomputes
-- them.
insert into clan_case_raw.activity_sync_days (sync_id, event_date)
values ({{sync_id}}, {{event_date}})
