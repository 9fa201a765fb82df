-- Stages the days that those syncs and loads touched.
create or replace temp table days_to_recompute as
select event_date
from clan_case_raw.activity_sync_days
where sync_id in (select sync_id from syncs_to_cover)
