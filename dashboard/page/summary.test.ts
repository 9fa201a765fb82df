import { expect, it } from "vitest";
import { readMetrics } from "./metrics.ts";
import { summarise } from "./summary.ts";

const days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-05", "2026-03-06"];
// Türkiye plays every day, Sweden on the 2nd and 5th alone; nobody's figures of the 4th are there.
const rows: [day: number, country: number, dau: number][] = [
  ...days.map((_, day): [number, number, number] => [day, 1, 10 + day]),
  [1, 0, 3],
  [3, 0, 4],
];
const column = <T>(value: (row: (typeof rows)[number]) => T) => rows.map(value);
const metrics = readMetrics({
  version: "1",
  days,
  countries: ["SE", "TR"],
  platforms: ["IOS"],
  rows: {
    day: column(([day]) => day),
    country: column(([, country]) => country),
    platform: column(() => 0),
    dau: column(([, , dau]) => dau),
    total_iap_revenue: column(() => "0.10"),
    total_ad_revenue: column(() => "0"),
    matches_started: column(() => 0),
    matches_ended: column(() => 0),
    victories: column(() => 0),
    defeats: column(() => 0),
    server_connection_errors: column(() => 0),
  },
});
const sweden = {
  range: { from: "2026-03-04", to: "2026-03-06" },
  before: { from: "2026-03-01", to: "2026-03-03" },
  platform: undefined,
  countries: ["SE"],
};

it("has every day: 0 where nobody chosen was active, no figure where there are none of anybody", () => {
  const { byDay } = summarise(metrics, { ...sweden, range: { from: "2026-03-03", to: "2026-03-06" } });
  expect(byDay.map(({ name, sums }) => [name, sums?.dau])).toEqual([
    ["2026-03-03", 0],
    ["2026-03-04", undefined],
    ["2026-03-05", 4],
    ["2026-03-06", 0],
  ]);
});

it("sets each day beside the one as far into the period before, also where days have no rows", () => {
  const { byDay, byDayBefore } = summarise(metrics, sweden);
  const pairs = byDay.map(({ name, sums }, at) => [
    name,
    sums?.dau,
    byDayBefore[at]?.name,
    byDayBefore[at]?.sums?.dau,
  ]);
  expect(pairs).toEqual([
    ["2026-03-05", 4, "2026-03-02", 3],
    ["2026-03-06", 0, "2026-03-03", 0],
  ]);
});

it("divides an average by the days that have figures, whosever", () => {
  const { total, before, byCountry } = summarise(metrics, sweden);
  expect([total.dau, total.days, before?.dau, before?.days]).toEqual([4, 2, 3, 3]);
  expect(byCountry.map(({ name, sums }) => [name, sums.dau, sums.days])).toEqual([["SE", 4, 2]]);
});
