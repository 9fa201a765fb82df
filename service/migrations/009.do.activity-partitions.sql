-- One partition per month, so that old months are dropped instead of deleted row by row. What was stored so far stays where it
-- is, as the partition of everything older; `migrate` has validated a constraint by which it is attached without being read
-- (database/partition-bound.ts). The service waits only while the catalogue changes.
alter table user_activity rename to user_activity_older;
alter index user_activity_pkey rename to user_activity_older_pkey;
alter index user_activity_by_day rename to user_activity_older_by_day;
alter index user_activity_by_change rename to user_activity_older_by_change;

create table user_activity (like user_activity_older including defaults including constraints including comments)
  partition by range (event_date);
-- Of `migrate`, for the attachment below.
alter table user_activity drop constraint if exists user_activity_older_bound;
alter table user_activity add constraint user_activity_pkey primary key (user_id, event_date, platform);
create index user_activity_by_day on user_activity (event_date);
create index user_activity_by_change on user_activity (updated_at);

comment on table user_activity is 'What users did: one row per user, day (UTC) and platform; one partition per month.';
comment on table user_activity_older is 'Rows of user_activity from before its first monthly partition.';

do $$
begin
  execute format(
    'alter table user_activity attach partition user_activity_older for values from (minvalue) to (%L)',
    -- Not before the bound of the constraint, which is made a moment earlier.
    case
      when exists (select from user_activity_older)
        then date_trunc('month', current_date) + interval '2 months'
      else date_trunc('month', current_date)
    end::date
  );
end
$$;

alter table user_activity_older drop constraint if exists user_activity_older_bound;

-- Partitions are read and written through the table alone.
revoke all on user_activity_older from clan_app, clan_reader, clan_viewer;
grant select, insert, update, delete on user_activity to clan_app;
grant select on user_activity to clan_reader, clan_viewer;

-- Its body names the table of before.
drop function activity_changes(timestamptz);

-- Each key at most once. Of a user who was erased since then, all rows that there are come along: whatever a copy has
-- in addition to them is to go.
-- The planner puts the body in the place of the call, so that each branch uses its index.
create function activity_changes(since timestamptz)
  returns table (
    user_id text,
    event_date date,
    platform text,
    install_date date,
    country text,
    total_session_count integer,
    total_session_duration numeric,
    match_start_count integer,
    match_end_count integer,
    victory_count integer,
    defeat_count integer,
    server_connection_error integer,
    iap_revenue numeric,
    ad_revenue numeric,
    is_erased boolean
  )
  language sql stable parallel safe
begin atomic
  select
    user_id, event_date, platform, install_date, country,
    total_session_count, total_session_duration,
    match_start_count, match_end_count, victory_count, defeat_count, server_connection_error,
    iap_revenue, ad_revenue,
    false
  from user_activity
  where updated_at >= since

  union all

  select
    kept.user_id, kept.event_date, kept.platform, kept.install_date, kept.country,
    kept.total_session_count, kept.total_session_duration,
    kept.match_start_count, kept.match_end_count, kept.victory_count, kept.defeat_count, kept.server_connection_error,
    kept.iap_revenue, kept.ad_revenue,
    false
  from erased_users as erased
  join user_activity as kept on kept.user_id = erased.user_id
  where erased.erased_at >= since and kept.updated_at < since

  union all

  select user_id, null, null, null, null, null, null, null, null, null, null, null, null, null, true
  from erased_users
  where erased_at >= since;
end;

comment on function activity_changes is
  'Rows of user_activity that were delivered or changed since then, and, with is_erased and without a day, users erased since then.';

revoke execute on function activity_changes from public;
grant execute on function activity_changes to clan_reader;
