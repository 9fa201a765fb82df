/** What COPY fills. They end with the transaction. */
export const createStaging = [
  `create temporary table synthetic_clans (
     number integer primary key, id uuid, name text, region text, join_mode text, max_members integer
   ) on commit drop`,
  `create temporary table synthetic_periods (
     user_id text collate "C", clan integer, joined_at timestamptz, left_at timestamptz, left_reason text
   ) on commit drop`,
  "create temporary table seeded_clans (number integer primary key, id uuid) on commit drop",
];

/** A person who was erased, or has joined a clan already, is left alone. */
export const removeKnown = `
  delete from synthetic_periods as period
  where exists (select from erased_users as erased where erased.user_id = period.user_id)
     or exists (select from clan_members as member where member.user_id = period.user_id)`;

/** Those that are not there yet. Where another clan has the name, the number is added. A clan exists from the day its first player joined. */
export const insertClans = `
  with founded as (
    select clan as number, min(joined_at) as created_at from synthetic_periods group by clan
  ), inserted as (
    insert into clans (id, name, region, join_mode, max_members, created_at)
    select
      id,
      case
        when exists (select from clans as other where other.name_key = clan_name_key(new.name)) then new.name || ' ' || number
        else new.name
      end,
      region, join_mode, max_members, created_at
    from synthetic_clans as new
    join founded using (number)
    order by created_at
    on conflict do nothing
    returning id
  )
  insert into seeded_clans
  select number, id from synthetic_clans join inserted using (id)`;

/** Of the new clans alone, so that a second run adds nothing. The longest-standing member leads, and larger clans have co-leaders. */
export const insertMembers = `
  insert into clan_members (clan_id, user_id, role, joined_at)
  select
    id,
    user_id,
    case
      when rank = 1 then 'leader'::clan_role
      when rank <= 1 + size / 12 then 'co_leader'
      else 'member'
    end,
    joined_at
  from (
    select
      seeded.id, user_id, joined_at,
      row_number() over (partition by seeded.id order by joined_at, user_id) as rank,
      count(*) over (partition by seeded.id) as size
    from synthetic_periods as period
    join seeded_clans as seeded on seeded.number = period.clan
    where left_at is null
  ) as member
  on conflict (user_id) do nothing`;

export const insertPeriods = `
  insert into clan_membership_periods (user_id, clan_id, joined_at, left_at, left_reason)
  select user_id, seeded.id, joined_at, left_at, left_reason
  from synthetic_periods as period
  join seeded_clans as seeded on seeded.number = period.clan
  order by joined_at`;

export const countMembers = `
  update clans
  set member_count = size, leader_user_id = leader, updated_at = last_joined_at
  from (
    select clan_id, count(*) as size, max(joined_at) as last_joined_at, max(user_id) filter (where role = 'leader') as leader
    from clan_members
    join seeded_clans as seeded on seeded.id = clan_id
    group by clan_id
  ) as counted
  where clans.id = counted.clan_id`;
