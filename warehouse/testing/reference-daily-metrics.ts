import type { Days, Row } from "../warehouse.ts";
import { fromFixedPoint, toFixedPoint } from "./fixed-point.ts";
import type { RawRow } from "./rows.ts";

/**
 * The reference implementation of `daily_metrics`, written from its contract without a database: one row per day, country
 * and platform of the window, sorted by key. Do not derive it from `query.sql`, so that they don't share a mistake.
 */
export function referenceDailyMetrics(rows: RawRow[], { from_date = "", to_date = "" }: Days): Row[] {
  const groups = new Map<string, RawRow[]>();
  for (const row of rows) {
    if (row.event_date < from_date || row.event_date > to_date) continue;
    const key = JSON.stringify([row.event_date, countryOf(row), row.platform.toUpperCase()]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].map(([key, rows]) => ({ ...keyOf(key), ...measuresOf(rows) })).toSorted(byKey);
}

/** Sorts results for comparison. */
export function byKey(a: Row, b: Row): number {
  const text = ({ event_date, country, platform }: Row) => JSON.stringify([event_date, country, platform]);
  return text(a) < text(b) ? -1 : 1;
}

const countryOf = ({ country }: RawRow) => country?.trim().toUpperCase() || "Unknown";

function keyOf(key: string): Row {
  const [event_date, country, platform] = JSON.parse(key);
  return { event_date, country, platform };
}

function measuresOf(rows: RawRow[]): Row {
  const sum = (name: keyof RawRow) => rows.reduce((total, row) => total + Number(row[name]), 0);
  const exactSum = (name: keyof RawRow) =>
    rows.reduce((total, row) => total + toFixedPoint(String(row[name])), 0n);
  const usersOf = (some: RawRow[]) => new Set(some.map((row) => row.user_id)).size;
  const dau = usersOf(rows);
  const iapRevenue = exactSum("iap_revenue");
  const adRevenue = exactSum("ad_revenue");
  const [matchesStarted, matchesEnded] = [sum("match_start_count"), sum("match_end_count")];
  const [victories, defeats] = [sum("victory_count"), sum("defeat_count")];
  const errors = sum("server_connection_error");
  const payers = usersOf(rows.filter((row) => toFixedPoint(String(row.iap_revenue)) > 0n));
  return {
    dau,
    total_iap_revenue: fromFixedPoint(iapRevenue),
    total_ad_revenue: fromFixedPoint(adRevenue),
    arpdau: Number(iapRevenue + adRevenue) / 1e9 / dau,
    matches_started: matchesStarted,
    match_per_dau: matchesStarted / dau,
    win_ratio: matchesEnded === 0 ? null : victories / matchesEnded,
    defeat_ratio: matchesEnded === 0 ? null : defeats / matchesEnded,
    server_error_per_dau: errors / dau,
    matches_ended: matchesEnded,
    victories,
    defeats,
    server_connection_errors: errors,
    payers,
    new_users: usersOf(rows.filter((row) => row.install_date === row.event_date)),
    total_sessions: sum("total_session_count"),
    total_session_duration: fromFixedPoint(exactSum("total_session_duration")),
    arppu: payers === 0 ? null : Number(iapRevenue) / 1e9 / payers,
    payer_ratio: payers / dau,
  };
}
