-- The roles carry the rights; logins are made members of them (see `migrate` and APP_LOGINS).
-- Roles belong to the whole server, so another database on it may have made them already.
do $$
begin
  create role clan_app nologin;
exception when duplicate_object or unique_violation then null;
end
$$;

do $$
begin
  create role clan_reader nologin;
exception when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to clan_app, clan_reader;

create extension if not exists pg_trgm;
