-- Adds what the merge will delete, of the touched days, {{days}}: the keys of erased users, except those of the rows that
-- PostgreSQL has now, which are all among the changes. Each once, as BigQuery's MERGE needs it. Run only when a user was erased.
insert into differences (user_id, event_date, platform, is_known, is_deleted)
select distinct existing.user_id, existing.event_date, existing.platform, true, true
from clan_case_raw.user_daily_metrics_raw as existing
left join (select * from changes where not is_erased) as delivered
  on {{same_key}}
where existing.event_date in {{days}}
  and existing.user_id in (select user_id from changes where is_erased)
  and delivered.user_id is null
