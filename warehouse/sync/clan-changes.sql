-- Run on PostgreSQL, as clan_reader: clans that were created, changed or deleted since a moment, which is inserted as a literal.
select clan_id, name, region, created_date, changed_date, deleted_date from public.clan_changes({{since}})
