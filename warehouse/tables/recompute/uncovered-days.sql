-- The days that syncs and loads have touched and no run of the table has covered yet.
select distinct event_date
from clan_case_raw.activity_sync_days
where sync_id not in (select sync_id from {{runs}})
  or (
    {{depends_on_memberships}}
    and event_date >= (
      select min(memberships_from)
      from clan_case_raw.activity_syncs
      where sync_id not in (select sync_id from {{runs}})
    )
  )
