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

/**
 * Those that are not there yet, as they are with their members; the key that refers to the leader is checked at the end of the
 * transaction. Where another clan has the name, the number is added. A clan exists from the day its first player joined.
 */
export const insertClans = `
  with founded as (
    select
      clan as number,
      min(joined_at) as created_at,
      max(joined_at) filter (where left_at is null) as last_joined_at,
      count(*) filter (where left_at is null) as size
    from synthetic_periods
    group by clan
  ), led as (
    select distinct on (clan) clan as number, user_id as leader
    from synthetic_periods
    where left_at is null
    order by clan, joined_at, user_id
  ), inserted as (
    insert into clans (id, name, region, join_mode, max_members, created_at, member_count, leader_user_id, updated_at)
    select
      id,
      case
        when exists (select from clans as other where other.name_key = clan_name_key(new.name)) then new.name || ' ' || number
        else new.name
      end,
      region, join_mode, max_members, created_at, size, leader, last_joined_at
    from synthetic_clans as new
    join founded using (number)
    left join led using (number)
    order by created_at
    on conflict do nothing
    returning id
  )
  insert into seeded_clans
  select number, id from synthetic_clans join inserted using (id)`;

/**
 * Of the new clans alone, so that a second run adds nothing. The longest-standing member leads, and larger clans have co-leaders.
 * Without `on conflict`, which takes a fifth longer: `seedMembers` begins again after one.
 */
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
`;

/** In the order of two of its indexes, which takes a third less than by time. */
export const insertPeriods = `
  insert into clan_membership_periods (user_id, clan_id, joined_at, left_at, left_reason)
  select user_id, seeded.id, joined_at, left_at, left_reason
  from synthetic_periods as period
  join seeded_clans as seeded on seeded.number = period.clan
  order by user_id, joined_at`;
