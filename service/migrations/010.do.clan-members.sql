-- In the order in which members are listed, and in which they succeed a leader who leaves.
create type clan_role as enum ('leader', 'co_leader', 'member');

alter table clans
  add column description text,
  add column join_mode text collate "C" not null default 'open',
  add column max_members integer not null default 50,
  add column member_count integer not null default 0,
  add column updated_at timestamptz,
  add column version integer not null default 1,
  add column leader_user_id text collate "C",
  -- Only for the foreign key below.
  add column leader_role clan_role not null default 'leader',
  add constraint clans_description_length check (description <> '' and octet_length(description) <= 4000),
  add constraint clans_join_mode_is_known check (join_mode in ('open', 'request', 'closed')),
  add constraint clans_max_members_in_range check (max_members between 1 and 500),
  add constraint clans_have_room check (member_count between 0 and max_members),
  add constraint clans_with_members_have_a_leader check ((member_count > 0) = (leader_user_id is not null)),
  add constraint clans_leader_role_is_leader check (leader_role = 'leader');

comment on column clans.member_count is 'Rows of clan_members, changed in the same transaction, under a lock of this row.';
comment on column clans.updated_at is 'When it or its number of members last changed; null since its creation.';
comment on column clans.version is 'Counts the changes that updated_at is the time of.';

-- The largest first.
create index clans_largest on clans (member_count desc, id desc);

create table clan_members (
  user_id text collate "C" primary key
    constraint clan_members_user_id_length check (char_length(user_id) between 1 and 128),
  clan_id uuid not null references clans,
  role clan_role not null default 'member',
  joined_at timestamptz not null,
  unique (clan_id, user_id, role)
);

comment on table clan_members is 'Who is in which clan: a player in at most one.';

create index clan_members_in_order on clan_members (clan_id, role, joined_at, user_id);
create unique index clan_members_one_leader on clan_members (clan_id) where role = 'leader';

-- Exactly one leader while there are members: at most one by the index above, at least one by this key and the check of clans.
-- It holds from commit to commit, so that a leader can be replaced.
alter table clans
  add constraint clans_leader_is_member
  foreign key (id, leader_user_id, leader_role) references clan_members (clan_id, user_id, role)
  deferrable initially deferred;

-- No key leads from here to clans: the history of a deleted clan stays.
create table clan_membership_periods (
  id bigint generated always as identity primary key,
  user_id text collate "C" not null,
  clan_id uuid not null,
  joined_at timestamptz not null,
  left_at timestamptz,
  left_reason text collate "C"
    constraint clan_membership_periods_left_reason_is_known check (left_reason in ('left', 'kicked', 'clan_deleted', 'erased')),
  constraint clan_membership_periods_end_after_they_begin check (left_at >= joined_at),
  constraint clan_membership_periods_end_for_a_reason check ((left_at is null) = (left_reason is null))
);

comment on table clan_membership_periods is 'From when to when a player was in a clan: append-only, and open while he is.';
comment on column clan_membership_periods.user_id is 'Of an erased player: erased-, and an id that is random and the same in all his periods.';

create index clan_membership_periods_of_user on clan_membership_periods (user_id, joined_at);
create unique index clan_membership_periods_one_open on clan_membership_periods (user_id) where left_at is null;

create table clan_join_requests (
  clan_id uuid not null references clans,
  user_id text collate "C" not null
    constraint clan_join_requests_user_id_length check (char_length(user_id) between 1 and 128),
  created_at timestamptz not null default now(),
  primary key (clan_id, user_id)
);

comment on table clan_join_requests is 'Players who ask to join a clan. A request is void after 7 days, and deleted some time later.';

create index clan_join_requests_in_order on clan_join_requests (clan_id, created_at, user_id);
create index clan_join_requests_of_user on clan_join_requests (user_id, created_at, clan_id);
create index clan_join_requests_oldest on clan_join_requests (created_at);

create table clan_invitations (
  clan_id uuid not null references clans,
  user_id text collate "C" not null
    constraint clan_invitations_user_id_length check (char_length(user_id) between 1 and 128),
  created_at timestamptz not null default now(),
  primary key (clan_id, user_id)
);

comment on table clan_invitations is 'Players who are asked to join a clan. An invitation is void after 7 days, and deleted some time later.';

create index clan_invitations_in_order on clan_invitations (clan_id, created_at, user_id);
create index clan_invitations_of_user on clan_invitations (user_id, created_at, clan_id);
create index clan_invitations_oldest on clan_invitations (created_at);

-- During a rolling update, versions from before members still delete clans, and know only the clan. This one has ended the
-- memberships by then, so that the trigger finds nothing to do.
create function end_memberships_of_deleted_clan() returns trigger
language plpgsql
as $$
begin
  with gone as (
    delete from clan_members where clan_id = old.id returning user_id
  )
  update clan_membership_periods as period
  set left_at = greatest(clock_timestamp(), joined_at), left_reason = 'clan_deleted'
  from gone
  where period.user_id = gone.user_id and period.left_at is null;
  delete from clan_join_requests where clan_id = old.id;
  delete from clan_invitations where clan_id = old.id;
  return old;
end
$$;

create trigger clans_end_memberships
before delete on clans
for each row execute function end_memberships_of_deleted_clan();

grant update (name, region, description, join_mode, max_members, member_count, updated_at, version, leader_user_id)
  on clans to clan_app;
grant select, insert, delete, update (role, joined_at) on clan_members to clan_app;
grant select, insert, update (user_id, left_at, left_reason) on clan_membership_periods to clan_app;
grant select, insert, delete, update (created_at) on clan_join_requests, clan_invitations to clan_app;
grant select on clan_members, clan_membership_periods, clan_join_requests, clan_invitations to clan_viewer;
