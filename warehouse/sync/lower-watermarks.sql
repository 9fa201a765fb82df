-- Run after PostgreSQL's clock was set back, by a run that has read everything: no record is ahead of this run any more, so that the
-- next one begins where this one ended, and this one is the last.
update clan_case_raw.activity_syncs
set
  synced_to = case when synced_to > {{synced_to}} then {{synced_to}} else synced_to end,
  clans_synced_to = case when clans_synced_to > {{synced_to}} then {{synced_to}} else clans_synced_to end,
  finished_at = case when finished_at > {{started_at}} then {{started_at}} else finished_at end
where synced_to > {{synced_to}} or clans_synced_to > {{synced_to}} or finished_at > {{started_at}}
