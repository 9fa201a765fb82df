-- What the warehouse copies of clans and of who was in them: rows have the time of their last change, which a version of the
-- service from before this one does not write, so that it is the latest of several.
alter table clans add column changed_at timestamptz not null default statement_timestamp();
comment on column clans.changed_at is 'When it was inserted; later changes have updated_at.';

alter table clan_membership_periods
  add column updated_at timestamptz not null default statement_timestamp(),
  add column is_pseudonymous boolean not null default false;
comment on column clan_membership_periods.updated_at is 'When it was inserted; its end has left_at.';
comment on column clan_membership_periods.is_pseudonymous is 'Whether its player was erased: user_id then names nobody.';

update clan_membership_periods
set is_pseudonymous = true
where left_at is not null
  and user_id ~ '^erased-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$';

create index clans_by_change on clans (greatest(changed_at, updated_at));
create index clan_membership_periods_by_change on clan_membership_periods (greatest(updated_at, left_at));

create table deleted_clans (
  clan_id uuid primary key,
  deleted_at timestamptz not null default statement_timestamp()
);

comment on table deleted_clans is 'Clans that were deleted, for the warehouse.';

create index deleted_clans_by_change on deleted_clans (deleted_at);

-- Here, so that a version from before this one notes it as well during a rolling update.
create function note_deleted_clan() returns trigger
language plpgsql
as $$
begin
  insert into deleted_clans (clan_id) values (old.id) on conflict do nothing;
  return null;
end
$$;

create trigger clans_note_deleted
after delete on clans
for each row execute function note_deleted_clan();

-- Each clan at most once: as it is, or that it was deleted.
create function clan_changes(since timestamptz)
  returns table (clan_id text, name text, region text, created_date date, changed_date date, deleted_date date)
  language sql stable parallel safe
begin atomic
  select
    id::text,
    name,
    region,
    (created_at at time zone 'utc')::date,
    (greatest(changed_at, updated_at) at time zone 'utc')::date,
    null::date
  from clans
  where greatest(changed_at, updated_at) >= since

  union all

  select clan_id::text, null, null, null, null, (deleted_at at time zone 'utc')::date
  from deleted_clans
  where deleted_at >= since;
end;

comment on function clan_changes is
  'Clans that were created or changed since then, and, without a name, those that were deleted. Days are in UTC.';

-- Each period at most once. Of a player who was erased since then, all periods that there are come along: whatever a copy has
-- in addition to them is to go.
create function clan_membership_changes(since timestamptz)
  returns table (
    period_id bigint,
    user_id text,
    clan_id text,
    joined_at timestamptz,
    left_at timestamptz,
    joined_date date,
    left_date date,
    left_reason text,
    is_erased boolean
  )
  language sql stable parallel safe
begin atomic
  select
    id, user_id, clan_id::text, joined_at, left_at,
    (joined_at at time zone 'utc')::date, (left_at at time zone 'utc')::date,
    left_reason, false
  from clan_membership_periods
  where greatest(updated_at, left_at) >= since and not is_pseudonymous

  union all

  select
    kept.id, kept.user_id, kept.clan_id::text, kept.joined_at, kept.left_at,
    (kept.joined_at at time zone 'utc')::date, (kept.left_at at time zone 'utc')::date,
    kept.left_reason, false
  from erased_users as erased
  join clan_membership_periods as kept on kept.user_id = erased.user_id
  where erased.erased_at >= since
    and greatest(kept.updated_at, kept.left_at) < since
    and not kept.is_pseudonymous

  union all

  select null, user_id, null, null, null, null, null, null, true
  from erased_users
  where erased_at >= since;
end;

comment on function clan_membership_changes is
  'Periods that began or ended since then, and, with is_erased and without a period, players erased since then. Days are in UTC.';

revoke execute on function clan_changes, clan_membership_changes from public;
grant execute on function clan_changes, clan_membership_changes to clan_reader;
grant select (id, name, region, created_at, changed_at, updated_at) on clans to clan_reader;
grant select on clan_membership_periods, deleted_clans to clan_reader;
grant select, insert on deleted_clans to clan_app;
grant update (is_pseudonymous) on clan_membership_periods to clan_app;
grant select on deleted_clans to clan_viewer;
