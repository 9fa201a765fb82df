-- Stages the syncs and loads that this run covers: those that changed rows or memberships and that no run of the table has
-- covered. One that finishes after this statement is left to the next run.
create or replace temp table syncs_to_cover as
select sync_id
from clan_case_raw.activity_sync_days
where sync_id not in (select sync_id from {{runs}})
union distinct
select sync_id
from clan_case_raw.activity_syncs
where memberships_from is not null and sync_id not in (select sync_id from {{runs}})
