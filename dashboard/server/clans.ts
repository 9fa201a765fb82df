import {
  clanDailyMetricsTable,
  clansTable,
  fullName,
  membershipCohortsTable,
} from "@clan-platform/warehouse/tables/table.ts";
import type { QueryParameters, Row, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { ClanAnswer, ClansAnswer, FoundClansAnswer, MembershipRetentionAnswer } from "./clan-answers.ts";

type Clans = Omit<ClansAnswer, "version" | "isHeld">;

const table = fullName(clanDailyMetricsTable);

export const noClans: Clans = { hasClans: false, day: null, health: [], growing: [], fading: [] };

/** How many clans a list has. */
const listed = 20;

const lastDaySql = `select max(event_date) as day from ${table} where event_date between @from_date and @to_date`;

const healthSql = `select
  health,
  count(*) as clans,
  sum(members) as members,
  sum(weekly_active_members) as weekly_active_members
from ${table}
where event_date = @day and members > 0
group by health`;

const ownColumns = "clan_id, name, region, members, weekly_active_members, activity_trend, days_since_join";
const columnsOfList = `cast(event_date as string) as day, ${ownColumns}`;

const listSql = (health: string, order: string) => `select ${columnsOfList}
from ${table}
where event_date = @day and members > 0 and health = '${health}'
order by ${order}, clan_id
limit ${listed}`;

// A clan of two that doubles is no news: what counts is how many people came.
const growingSql = listSql("growing", "weekly_active_members * (1 - 1 / coalesce(activity_trend, 1.1)) desc");
const fadingSql = listSql("fading", "members - weekly_active_members desc");

const hasClansSql = `select count(*) > 0 as has_clans from ${table}`;

/** The clans of the last of these days that has figures. */
export async function readClans(warehouse: Warehouse, days: { from: string; to: string }): Promise<Clans> {
  const [last] = await warehouse.query<{ day: string | null }>(lastDaySql, rangeOf(days));
  if (!last?.day) {
    const [found] = await warehouse.query<{ has_clans: boolean }>(hasClansSql, {});
    return { ...noClans, hasClans: found?.has_clans ?? false };
  }
  const parameters = { day: last.day };
  const health = await warehouse.query(healthSql, parameters);
  return {
    hasClans: true,
    day: last.day,
    health: health.map(numbersBut("health")) as Clans["health"],
    growing: (await warehouse.query(growingSql, parameters)) as unknown as Clans["growing"],
    fading: (await warehouse.query(fadingSql, parameters)) as unknown as Clans["fading"],
  };
}

// `strpos` knows no pattern: a `%` in a name is a `%`.
const foundSql = `with searched as (
  select lower((select * from unnest(@texts))) as text
),

matches as (
  select
    ${columnsOfList},
    case when clan_id = text or lower(name) = text then 0 else 1 end as match_rank,
    row_number() over (partition by clan_id order by event_date desc) as age
  from ${table}
  cross join searched
  where event_date between @from_date and @to_date and (clan_id = text or strpos(lower(name), text) > 0)
)

select day, ${ownColumns}
from matches
where age = 1
order by match_rank, members desc, clan_id
limit ${listed}`;

/** Clans that had a name with this text in these days, or have this id. */
export async function findClans(
  warehouse: Warehouse,
  { from, to, text }: { from: string; to: string; text: string },
): Promise<FoundClansAnswer["clans"]> {
  const rows = await warehouse.query(foundSql, { ...rangeOf({ from, to }), texts: [text] });
  return rows as unknown as FoundClansAnswer["clans"];
}

const clanSql = `select
  cast(event_date as string) as day,
  name,
  region,
  members,
  active_members,
  weekly_active_members,
  joins,
  leaves,
  sessions,
  matches_started,
  matches_ended,
  victories,
  revenue,
  health
from ${table}
where event_date between @from_date and @to_date and clan_id in (select * from unnest(@clans))
order by event_date`;

const deletedSql = `select cast(max(deleted_date) as string) as deleted_date
from ${fullName(clansTable)}
where clan_id in (select * from unnest(@clans))`;

/** A clan by day, and when it was deleted; where the raw dataset may not be read, that isn't known. */
export async function readClan(
  warehouse: Warehouse,
  { from, to, id }: { from: string; to: string; id: string },
  { analyticsOnly = false }: { analyticsOnly?: boolean | undefined },
): Promise<Pick<ClanAnswer, "days" | "deleted_date">> {
  const clans = [id];
  const days = await warehouse.query(clanSql, { ...rangeOf({ from, to }), clans });
  const [state] = analyticsOnly
    ? []
    : await warehouse.query<{ deleted_date: string | null }>(deletedSql, { clans });
  return { days: days as unknown as ClanAnswer["days"], deleted_date: state?.deleted_date ?? null };
}

const retentionSql = `select day_n, comparison, membership, sum(users) as users, sum(retained) as retained
from ${fullName(membershipCohortsTable)}
where event_date between @from_date and @to_date and event_date < @today
group by day_n, comparison, membership
order by day_n, comparison, membership`;

/** Retention of users who were in a clan early and of the others, of those whose day n is one of these days and over. */
export async function readMembershipRetention(
  warehouse: Warehouse,
  days: { from: string; to: string },
  today: string,
): Promise<MembershipRetentionAnswer["groups"]> {
  const rows = await warehouse.query(retentionSql, { ...rangeOf(days), today });
  return rows.map(({ day_n, comparison, membership, users, retained }) => ({
    day_n: Number(day_n),
    comparison,
    membership,
    users: Number(users),
    retained: Number(retained),
    ...wilsonInterval(Number(retained), Number(users)),
  })) as MembershipRetentionAnswer["groups"];
}

/** The 95 % interval of a share by Wilson (1927), as in the view membership_retention. */
function wilsonInterval(successes: number, n: number): { low: number; high: number } {
  const z = 1.96;
  const share = successes / n;
  const middle = share + z ** 2 / (2 * n);
  const half = z * Math.sqrt((share * (1 - share) + z ** 2 / (4 * n)) / n);
  const scale = 1 + z ** 2 / n;
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}

const rangeOf = ({ from, to }: { from: string; to: string }): QueryParameters => ({
  from_date: from,
  to_date: to,
});

const numbersBut =
  (text: string) =>
  (row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, name === text ? value : Number(value)]),
    );
