-- Run on PostgreSQL, as clan_reader: the safe watermark, a moment before which no change appears any more that the next
-- run would miss. A row has the time of its statement and becomes visible when its transaction commits. While there is an
-- open writing transaction, the watermark lags behind by more than the longest one: an import has ten minutes at most
-- (IMPORT_TIMEOUT_MS). Otherwise all changes are visible.
select
  now() - case
    when exists (
      select
      from pg_locks
      where locktype = 'relation'
        and database = (select oid from pg_database where datname = current_database())
        and relation in (
          'public.user_activity'::regclass,
          'public.erased_users'::regclass,
          'public.clans'::regclass,
          'public.clan_membership_periods'::regclass,
          'public.deleted_clans'::regclass
        )
        and mode = 'RowExclusiveLock'
    ) then interval '15 minutes'
    else interval '10 seconds'
  end as safe_watermark
