-- Who reads what. BigQuery's connection logs in with a password as clan_reader, which may read what the warehouse asks for
-- (warehouse/activity_sync) and nothing else. People who look at the database are members of clan_viewer.
do $$
begin
  create role clan_viewer nologin;
exception when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to clan_viewer;
grant select on clans, user_activity, erased_users to clan_viewer;

revoke select on clans from clan_reader;
