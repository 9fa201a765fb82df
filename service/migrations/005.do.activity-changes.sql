-- What the warehouse asks for (warehouse/activity_sync): what changed since it asked last.
create index user_activity_by_change on user_activity (updated_at);

-- Users whose rows were erased, so that copies of them elsewhere are found and erased as well, though nothing is left here.
create table erased_users (
  user_id text collate "C" primary key
    constraint erased_users_user_id_length check (char_length(user_id) between 1 and 128),
  erased_at timestamptz not null
);

comment on table erased_users is 'Users whose activity was erased: one row per user, kept for 90 days.';
comment on column erased_users.erased_at is 'When it was erased last.';

create index erased_users_by_time on erased_users (erased_at);

grant select, insert, update, delete on erased_users to clan_app;
grant select on erased_users to clan_reader;

-- Each key at most once. Of a user who was erased since then, all rows that there are come along: whatever a copy has
-- besides them is to go.
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
