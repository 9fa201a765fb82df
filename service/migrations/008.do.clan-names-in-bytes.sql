-- The service counts characters as people do, and PostgreSQL can't: an emoji of a family is one of them, of seven code points.
-- No clan has to be looked at, because every name that had at most 64 code points has at most 256 bytes.
alter table clans
  drop constraint clans_name_length,
  add constraint clans_name_length check (name <> '' and octet_length(name) <= 512) not valid;
