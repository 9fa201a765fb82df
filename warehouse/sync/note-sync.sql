-- Records the run. In DuckDB, countif of no rows is null.
insert into clan_case_raw.activity_syncs
  (sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted)
select
  {{sync_id}},
  {{started_at}},
  current_timestamp,
  {{synced_to}},
  coalesce(countif(not is_known), 0),
  coalesce(countif(is_known and not is_deleted), 0),
  coalesce(countif(is_deleted), 0)
from differences
