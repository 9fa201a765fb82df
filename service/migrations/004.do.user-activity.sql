-- One row per user, day and platform. The key leads with the user, so that a user's history is one range of it.
-- Collation "C" compares bytes: ids have no alphabet, and the key is several times cheaper to keep in order.
create table user_activity (
  user_id text collate "C" not null
    constraint user_activity_user_id_length check (char_length(user_id) between 1 and 128),
  event_date date not null,
  platform text collate "C" not null
    constraint user_activity_platform_is_known check (platform in ('ANDROID', 'IOS')),
  install_date date not null,
  country text collate "C"
    constraint user_activity_country_is_code check (country ~ '^[A-Z]{2}$'),
  total_session_count integer not null,
  total_session_duration numeric not null,
  match_start_count integer not null,
  match_end_count integer not null,
  victory_count integer not null,
  defeat_count integer not null,
  server_connection_error integer not null,
  iap_revenue numeric not null,
  ad_revenue numeric not null,
  received_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (user_id, event_date, platform),
  constraint user_activity_days_are_in_order check (date '2015-01-01' <= install_date and install_date <= event_date),
  constraint user_activity_counts_are_not_negative check (
    least(
      total_session_count, match_start_count, match_end_count, victory_count, defeat_count, server_connection_error
    ) >= 0
  ),
  -- NaN is above every number, so an upper limit keeps it out.
  constraint user_activity_amounts_are_finite check (
    least(total_session_duration, iap_revenue, ad_revenue) >= 0
    and greatest(total_session_duration, iap_revenue, ad_revenue) < 1e15
  )
);

comment on table user_activity is 'What users did: one row per user, day (UTC) and platform.';
comment on column user_activity.total_session_duration is 'Seconds.';
comment on column user_activity.server_connection_error is 'How many times the game lost the server.';
comment on column user_activity.iap_revenue is 'In-app purchases, USD.';
comment on column user_activity.ad_revenue is 'Advertising, USD.';
comment on column user_activity.received_at is 'When the row came first.';
comment on column user_activity.updated_at is 'When a delivery last changed it; a repeated one does not.';

-- A day's export; equal days share one entry, so it stays small.
create index user_activity_by_day on user_activity (event_date);

grant select, insert, update, delete on user_activity to clan_app;
grant select on user_activity to clan_reader;

-- A bulk delivery is staged in a temporary table; everybody may make one unless somebody took that right away.
do $$
begin
  execute format('grant temporary on database %I to clan_app', current_database());
end
$$;
