-- Stages the syncs and loads that this run covers: those that changed rows and that no run of the table has covered. One
-- that finishes after this statement is left to the next run.
create or replace temp table syncs_to_cover as
select distinct sync_id
from clan_case_raw.activity_sync_days
where sync_id not in (select sync_id from {{runs}})
