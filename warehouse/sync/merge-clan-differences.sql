-- Applies the differences to clans.
merge into clan_case_raw.clans as target
using clan_differences as source
on target.clan_id = source.clan_id and target.valid_from = source.valid_from
when matched then
  update set name = source.name, region = source.region, deleted_date = source.deleted_date
when not matched then
  insert (clan_id, valid_from, name, region, created_date, deleted_date)
  values (source.clan_id, source.valid_from, source.name, source.region, source.created_date, source.deleted_date)
