select distinct event_date
from clan_case_raw.activity_sync_days
where sync_id not in (select sync_id from {{runs}})
