-- Two names are the same clan when their keys are equal: full Unicode case folding that does not
-- depend on the server's locale (STRASSE = Straße), kept in NFC.
create function clan_name_key(name text) returns text
  language sql immutable strict parallel safe
  return normalize(casefold(name collate "pg_unicode_fast"), nfc);

create table clans (
  id uuid primary key default uuidv7(),
  name text not null
    constraint clans_name_length check (char_length(name) between 1 and 64)
    constraint clans_name_is_nfc check (name is nfc normalized),
  name_key text collate "pg_unicode_fast" not null generated always as (clan_name_key(name)) stored,
  region text
    constraint clans_region_is_code check (region ~ '^[A-Z]{2,8}(-[A-Z0-9]{1,8})?$'),
  created_at timestamptz not null default now()
);

comment on table clans is 'One row per clan.';
comment on column clans.name_key is 'What makes a name unique, and what search looks in.';

create unique index clans_name_key on clans (name_key);
create index clans_newest on clans (created_at desc, id desc);
create index clans_newest_in_region on clans (region, created_at desc, id desc);
-- A short pending list (kB): inserts still go in batches, and no search reads more than this besides the index.
create index clans_name_search on clans using gin (name_key gin_trgm_ops) with (gin_pending_list_limit = 256);

grant select, insert, delete on clans to clan_app;
grant select on clans to clan_reader;
