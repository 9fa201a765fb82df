-- Asked of PostgreSQL, as clan_reader: a moment before which nothing changes any more that who asks next does not see.
-- A row has the time of its statement and is seen when its transaction ends. While anybody is writing, that may be as
-- long ago as a transaction takes: an import has ten minutes at most (IMPORT_TIMEOUT_MS). When nobody is, all are seen.
select
  now() - case
    when exists (
      select
      from pg_locks
      where locktype = 'relation'
        and database = (select oid from pg_database where datname = current_database())
        and relation in ('user_activity'::regclass, 'erased_users'::regclass)
        and mode = 'RowExclusiveLock'
    ) then interval '15 minutes'
    else interval '10 seconds'
  end as settled_at
