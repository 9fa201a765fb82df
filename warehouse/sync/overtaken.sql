-- Whether another run has finished since this one started at the watermark {{since}}. The changes that this run fetched
-- may then be older than the raw table.
select max(synced_to) is distinct from {{since}} as is_overtaken from clan_case_raw.activity_syncs
