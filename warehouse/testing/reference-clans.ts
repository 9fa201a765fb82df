import { addDays, daysSinceEpoch } from "../days.ts";
import type { Days, Row } from "../warehouse.ts";
import { fromFixedPoint, toFixedPoint } from "./fixed-point.ts";
import type { RawRow } from "./rows.ts";

/** A row of `clan_membership_periods`, as far as metrics depend on it. */
export type Period = Row & {
  period_id: number;
  user_id: string;
  clan_id: string;
  joined_date: string;
  left_date: string | null;
};

/** A row of `clans`. */
export interface ClanState {
  clan_id: string;
  valid_from: string;
  name: string;
  region: string | null;
}

/** What memberships and clans the metrics are computed with. */
export interface Clans {
  periods: Period[];
  states: ClanState[];
}

type Range = Pick<Days, "from_date" | "to_date">;

/** Whether a player is in the clan of a period at the end of a day. */
const endsDayIn = (day: string, { joined_date, left_date }: Period) =>
  joined_date <= day && (left_date === null || left_date > day);

const daysWithRows = (rows: RawRow[], { from_date = "", to_date = "" }: Range) =>
  [...new Set(rows.map(({ event_date }) => event_date))]
    .filter((day) => from_date <= day && day <= to_date)
    .toSorted();

const sumOf = (rows: RawRow[], ...names: (keyof RawRow)[]) =>
  fromFixedPoint(
    rows.flatMap((row) => names.map((name) => toFixedPoint(String(row[name])))).reduce((a, b) => a + b, 0n),
  );

const usersOf = (rows: RawRow[]) => new Set(rows.map(({ user_id }) => user_id)).size;

/**
 * The reference implementation of `clan_daily_metrics`, written from its contract without a database. Do not derive it from
 * `query.sql`.
 */
export function referenceClanDailyMetrics(rows: RawRow[], { periods, states }: Clans, range: Range): Row[] {
  const weekly = new Map<string, number>();
  const result: Row[] = [];
  const daysOfData = new Set(rows.map(({ event_date }) => event_date));
  const hasWeekTo = (day: string) => daysOfData.has(addDays(day, -6));
  for (const day of daysWithRows(rows, range)) {
    for (const clan_id of [...new Set(periods.map(({ clan_id }) => clan_id))].toSorted()) {
      const own = periods.filter((period) => period.clan_id === clan_id);
      const members = new Set(own.filter((period) => endsDayIn(day, period)).map(({ user_id }) => user_id));
      const joins = own.filter(({ joined_date }) => joined_date === day).length;
      const leaves = own.filter(({ left_date }) => left_date === day).length;
      if (members.size + joins + leaves === 0) continue;
      const ofMembers = rows.filter(({ user_id }) => members.has(user_id));
      const today = ofMembers.filter(({ event_date }) => event_date === day);
      const ofWeek = ofMembers.filter(
        ({ event_date }) => addDays(day, -6) <= event_date && event_date <= day,
      );
      const weeklyActive = usersOf(ofWeek);
      const before = [7, 14, 21, 28]
        .map((days) => addDays(day, -days))
        .filter(hasWeekTo)
        .flatMap((end) => weekly.get(`${clan_id} ${end}`) ?? []);
      const beforeSum = before.reduce((a, b) => a + b, 0);
      const trend = beforeSum > 0 ? (weeklyActive * before.length) / beforeSum : null;
      const joined = own.map(({ joined_date }) => joined_date).filter((date) => date <= day);
      const sinceJoin = daysSinceEpoch(day) - Math.max(...joined.map(daysSinceEpoch));
      weekly.set(`${clan_id} ${day}`, weeklyActive);
      result.push({
        event_date: day,
        clan_id,
        ...stateAt(states, clan_id, day),
        members: members.size,
        active_members: usersOf(today),
        joins,
        leaves,
        sessions: Number(sumOf(today, "total_session_count")),
        matches_started: Number(sumOf(today, "match_start_count")),
        matches_ended: Number(sumOf(today, "match_end_count")),
        victories: Number(sumOf(today, "victory_count")),
        revenue: sumOf(today, "iap_revenue", "ad_revenue"),
        weekly_active_members: weeklyActive,
        activity_trend: trend,
        days_since_join: sinceJoin,
        health:
          hasWeekTo(day) && hasWeekTo(addDays(day, -7))
            ? healthOf(members.size, weeklyActive, trend, sinceJoin)
            : "unknown",
      });
    }
  }
  return result;
}

function healthOf(members: number, weeklyActive: number, trend: number | null, sinceJoin: number): string {
  if (weeklyActive === 0) return "dead";
  if (weeklyActive / members < 0.25) return "fading";
  if (trend !== null && trend < 0.75) return "fading";
  if (sinceJoin < 14 && (trend === null || trend >= 1.1)) return "growing";
  return "steady";
}

function stateAt(
  states: ClanState[],
  clan_id: string,
  day: string,
): { name: string | null; region: string | null } {
  const own = states
    .filter((state) => state.clan_id === clan_id)
    .toSorted((a, b) => (a.valid_from < b.valid_from ? -1 : 1));
  const { name = null, region = null } = own.findLast(({ valid_from }) => valid_from <= day) ?? own[0] ?? {};
  return { name, region };
}

/** The reference implementation of `membership_metrics`, written from its contract without a database. */
export function referenceMembershipMetrics(rows: RawRow[], { periods }: Clans, range: Range): Row[] {
  const days = new Set(daysWithRows(rows, range));
  const groups = Map.groupBy(
    rows.filter(({ event_date }) => days.has(event_date)),
    (row) => {
      const isMember = periods.some(
        (period) => period.user_id === row.user_id && endsDayIn(row.event_date, period),
      );
      return JSON.stringify({
        event_date: row.event_date,
        country: row.country?.trim().toUpperCase() || "Unknown",
        platform: row.platform.toUpperCase(),
        membership: isMember ? "in_clan" : "no_clan",
      });
    },
  );
  return [...groups]
    .map(
      ([key, group]): Row => ({
        ...JSON.parse(key),
        dau: usersOf(group),
        new_users: usersOf(group.filter(({ event_date, install_date }) => event_date === install_date)),
        payers: usersOf(group.filter(({ iap_revenue }) => toFixedPoint(String(iap_revenue)) > 0n)),
        total_iap_revenue: sumOf(group, "iap_revenue"),
        total_ad_revenue: sumOf(group, "ad_revenue"),
        matches_started: Number(sumOf(group, "match_start_count")),
        matches_ended: Number(sumOf(group, "match_end_count")),
        victories: Number(sumOf(group, "victory_count")),
        defeats: Number(sumOf(group, "defeat_count")),
        server_connection_errors: Number(sumOf(group, "server_connection_error")),
        total_sessions: Number(sumOf(group, "total_session_count")),
        total_session_duration: sumOf(group, "total_session_duration"),
      }),
    )
    .toSorted(byText);
}

/** The reference implementation of `membership_cohorts`, written from its contract without a database. */
export function referenceMembershipCohorts(rows: RawRow[], { periods }: Clans, range: Range): Row[] {
  const days = daysWithRows(rows, range);
  const wasActive = (user_id: string, install_date: string, day_n: number) =>
    rows.some(
      (row) =>
        row.user_id === user_id &&
        row.install_date === install_date &&
        row.event_date === addDays(install_date, day_n),
    );
  const followed = [14, 30, 60].flatMap((day_n) =>
    days.flatMap((event_date) => {
      const install_date = addDays(event_date, -day_n);
      const users = new Set(
        rows
          .filter((row) => row.event_date === install_date && row.install_date === install_date)
          .map(({ user_id }) => user_id),
      );
      return [...users].flatMap((user_id) => {
        const inClan = periods.some(
          (period) =>
            period.user_id === user_id &&
            period.joined_date <= addDays(install_date, 7) &&
            (period.left_date ?? "9999-12-31") >= install_date,
        );
        const membership = inClan ? "in_clan" : "no_clan";
        const isRetained = wasActive(user_id, install_date, day_n);
        const comparisons = wasActive(user_id, install_date, 7) ? ["all", "active_on_day_7"] : ["all"];
        return comparisons.map((comparison) => ({
          key: { event_date, install_date, day_n, comparison, membership },
          isRetained,
        }));
      });
    }),
  );
  return [...Map.groupBy(followed, ({ key }) => JSON.stringify(key))]
    .map(
      ([key, group]): Row => ({
        ...JSON.parse(key),
        users: group.length,
        retained: group.filter(({ isRetained }) => isRetained).length,
      }),
    )
    .toSorted(byText);
}

/** Sorts results for comparison. */
export const byText = (a: Row, b: Row) => (sortKey(a) < sortKey(b) ? -1 : 1);
const sortKey = (row: Row) =>
  JSON.stringify([
    row.event_date,
    row.clan_id,
    row.country,
    row.platform,
    row.day_n,
    row.comparison,
    row.membership,
  ]);
