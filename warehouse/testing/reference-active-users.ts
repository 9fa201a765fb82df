import { addDays } from "../days.ts";
import type { Days, Row } from "../warehouse.ts";
import { toFixedPoint } from "./fixed-point.ts";
import { byKey } from "./reference-daily-metrics.ts";
import type { RawRow } from "./rows.ts";

/**
 * The reference implementation of `active_users`, written from its contract without a database: for each day of the window
 * that has a row, each country and platform, or ALL, that had a user in the 30 days to it. Do not derive it from `query.sql`.
 */
export function referenceActiveUsers(rows: RawRow[], { from_date = "", to_date = "" }: Days): Row[] {
  const days = new Set(rows.map(({ event_date }) => event_date));
  const groups = Map.groupBy(
    rows.flatMap((row) => keysOf(row).map((key) => ({ key, row }))),
    ({ key }) => key,
  );
  const found = [...groups].flatMap(([key, members]) =>
    [...days]
      .filter((day) => from_date <= day && day <= to_date)
      .map((event_date) => ({
        event_date,
        ...JSON.parse(key),
        ...measuresOf(
          members.map(({ row }) => row),
          event_date,
        ),
      })),
  );
  return found.filter(({ mau }) => mau > 0).toSorted(byKey);
}

function keysOf({ country, platform }: RawRow): string[] {
  const countries = [country?.trim().toUpperCase() || "Unknown", "ALL"];
  const platforms = [platform.toUpperCase(), "ALL"];
  return countries.flatMap((country) => platforms.map((platform) => JSON.stringify({ country, platform })));
}

function measuresOf(rows: RawRow[], day: string): Record<string, number> {
  const usersOf = (first: string, last: string, isCounted: (row: RawRow) => boolean = () => true) =>
    new Set(
      rows
        .filter((row) => first <= row.event_date && row.event_date <= last && isCounted(row))
        .map(({ user_id }) => user_id),
    );
  const today = usersOf(day, day);
  const month = usersOf(addDays(day, -29), day);
  const isNew = usersOf(day, day, ({ install_date }) => install_date === day);
  const isBefore = usersOf(addDays(day, -29), addDays(day, -1));
  return {
    dau: today.size,
    wau: usersOf(addDays(day, -6), day).size,
    mau: month.size,
    new_users: isNew.size,
    returning_users: today.size - isNew.size,
    resurrected_users: [...today].filter((user) => !isNew.has(user) && !isBefore.has(user)).length,
    payers: usersOf(day, day, ({ iap_revenue }) => toFixedPoint(String(iap_revenue)) > 0n).size,
    stickiness: today.size / month.size,
  };
}
