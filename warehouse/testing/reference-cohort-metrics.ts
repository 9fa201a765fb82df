import { daysSinceEpoch } from "../days.ts";
import type { Days, Row } from "../warehouse.ts";
import { fromFixedPoint, toFixedPoint } from "./fixed-point.ts";
import type { RawRow } from "./rows.ts";

/**
 * The reference implementation of `cohort_metrics`, written from its contract without a database: one row per day of the
 * install, days since then up to 90, country and platform. Do not derive it from `query.sql`.
 */
export function referenceCohortMetrics(rows: RawRow[], { from_date = "", to_date = "" }: Days): Row[] {
  const dayOf = ({ event_date, install_date }: RawRow) =>
    daysSinceEpoch(event_date) - daysSinceEpoch(install_date);
  const counted = rows.filter(
    (row) => from_date <= row.event_date && row.event_date <= to_date && dayOf(row) >= 0 && dayOf(row) <= 90,
  );
  const groups = Map.groupBy(counted, (row) =>
    JSON.stringify({
      event_date: row.event_date,
      install_date: row.install_date,
      day_n: dayOf(row),
      country: row.country?.trim().toUpperCase() || "Unknown",
      platform: row.platform.toUpperCase(),
    }),
  );
  return [...groups]
    .map(([key, rows]): Row => ({ ...JSON.parse(key), ...measuresOf(rows) }))
    .toSorted(byCohort);
}

/** Sorts results for comparison. */
export function byCohort(a: Row, b: Row): number {
  const text = ({ install_date, day_n, country, platform }: Row) =>
    JSON.stringify([install_date, String(day_n).padStart(3, "0"), country, platform]);
  return text(a) < text(b) ? -1 : 1;
}

function measuresOf(rows: RawRow[]): Row {
  const sum = (name: keyof RawRow) =>
    fromFixedPoint(rows.reduce((total, row) => total + toFixedPoint(String(row[name])), 0n));
  const usersOf = (some: RawRow[]) => new Set(some.map(({ user_id }) => user_id)).size;
  return {
    active_users: usersOf(rows),
    payers: usersOf(rows.filter(({ iap_revenue }) => toFixedPoint(String(iap_revenue)) > 0n)),
    iap_revenue: sum("iap_revenue"),
    ad_revenue: sum("ad_revenue"),
    sessions: Number(sum("total_session_count")),
    session_duration: sum("total_session_duration"),
  };
}
