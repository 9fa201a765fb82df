-- The watermark of the last finished run; null before the first.
select max(synced_to) as synced_to from clan_case_raw.activity_syncs
