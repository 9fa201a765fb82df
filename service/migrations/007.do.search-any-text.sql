-- Every three consecutive characters of a name, as one number: 21 bits hold any code point. Unlike pg_trgm, which knows letters
-- and digits only, it knows symbols and emoji as well. Empty for a shorter name.
create function clan_name_grams(name_key text) returns bigint[]
  -- A loop takes a sixth of the time of an aggregate.
  language plpgsql immutable strict parallel safe
  -- The planner must not take it for an operator: a scan of all clans would look cheap.
  cost 1000
as $$
declare
  letter text;
  place int := 0;
  gram bigint := 0;
  grams bigint[] := '{}';
begin
  foreach letter in array string_to_array(name_key, null) loop
    place := place + 1;
    -- The last two characters, and this one.
    gram := ((gram & ((1::bigint << 42) - 1)) << 21) | ascii(letter);
    if place >= 3 then
      grams[place - 2] := gram;
    end if;
  end loop;
  return grams;
end
$$;

-- Creating clans waits while it is built: a minute or two among three million. More memory makes it faster.
set local maintenance_work_mem = '256MB';

-- A short pending list (kB): inserts still go in batches, and no search reads more than this besides the index.
create index clans_name_grams on clans using gin (clan_name_grams(name_key)) with (gin_pending_list_limit = 256);
-- How many of the most frequent grams, in tens, ANALYZE keeps with their frequencies.
alter index clans_name_grams alter column 1 set statistics 300;
analyze clans;

-- The statistics of an index are shown to its owner only.
create function frequent_clan_name_grams(clans_at_least double precision) returns bigint[]
  language sql stable strict parallel safe security definer set search_path = pg_catalog
begin atomic
  with size as (
    select pg_relation_size(oid) / current_setting('block_size')::int
      -- Some 100 bytes per clan before the first ANALYZE or VACUUM.
      * case when relpages > 0 then reltuples / relpages else 80 end as clans
    from pg_class
    where oid = 'clans'::regclass
  ),
  known as (
    select most_common.gram, most_common.frequency
    from pg_stats,
      unnest(most_common_elems::text::bigint[], most_common_elem_freqs) as most_common (gram, frequency)
    where schemaname = 'public' and tablename = 'clans_name_grams' and most_common.gram is not null
  )
  select case
      when exists (select from known) then
        (select coalesce(array_agg(gram), '{}') from known where frequency * clans >= clans_at_least)
      when clans < clans_at_least then '{}'
    end
  from size;
end;

comment on function frequent_clan_name_grams is
  'The grams that so many clans have in their names, by the last ANALYZE; null when nothing is known about that many.';

revoke execute on function frequent_clan_name_grams from public;
grant execute on function frequent_clan_name_grams to clan_app;

-- Last, because clans can't be read from here to the commit.
drop index clans_name_search;
