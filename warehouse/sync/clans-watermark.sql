-- What the last run of activity_sync that brought clans has synced to; null before the first.
select max(clans_synced_to) as clans_synced_to from clan_case_raw.activity_syncs
