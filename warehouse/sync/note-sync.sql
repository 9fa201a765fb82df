-- Records the run. In DuckDB, countif of no rows is null.
insert into clan_case_raw.activity_syncs (
  sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted,
  clans_synced_to, clans_changed, memberships_changed, memberships_from
)
select
  {{sync_id}},
  {{started_at}},
  current_timestamp,
  {{synced_to}},
  coalesce(countif(not is_known), 0),
  coalesce(countif(is_known and not is_deleted), 0),
  coalesce(countif(is_deleted), 0),
  {{synced_to}},
  (select count(*) from clan_differences),
  (select count(*) from membership_differences),
  (
    select min(from_date)
    from (
      select from_date from membership_differences
      union all
      select from_date from clan_differences
    ) as changes
  )
from differences
