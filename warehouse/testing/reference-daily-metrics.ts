import type { Days, Row } from "../warehouse.ts";
import { fromNano, toNano } from "./nano.ts";
import type { RawRow } from "./rows.ts";

/**
 * `daily_metrics` by the words of its contract, without a database: one row per day, country and platform of the
 * window, by key. To be written without a look at `query.sql`, so that a mistake in one is not in the other.
 */
export function reckonDailyMetrics(rows: RawRow[], { from_date = "", to_date = "" }: Days): Row[] {
  const groups = new Map<string, RawRow[]>();
  for (const row of rows) {
    if (row.event_date < from_date || row.event_date > to_date) continue;
    const key = JSON.stringify([row.event_date, countryOf(row), row.platform.toUpperCase()]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].map(([key, rows]) => ({ ...keyOf(key), ...measuresOf(rows) })).toSorted(byKey);
}

/** The order of a comparison of two results. */
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
  const sumOfMoney = (name: keyof RawRow) =>
    rows.reduce((total, row) => total + toNano(String(row[name])), 0n);
  const dau = new Set(rows.map((row) => row.user_id)).size;
  const iapRevenue = sumOfMoney("iap_revenue");
  const adRevenue = sumOfMoney("ad_revenue");
  const [matchesStarted, matchesEnded] = [sum("match_start_count"), sum("match_end_count")];
  const [victories, defeats] = [sum("victory_count"), sum("defeat_count")];
  const errors = sum("server_connection_error");
  return {
    dau,
    total_iap_revenue: fromNano(iapRevenue),
    total_ad_revenue: fromNano(adRevenue),
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
  };
}
