import { expect, it } from "vitest";
import { readMetrics } from "./metrics.ts";
import { summarise } from "./summary.ts";

const days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-05", "2026-03-06"];
// Türkiye is active every day, Sweden on the 2nd and 5th alone; the 4th has no figures at all.
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

it("has every day: 0 if no selected player was active, no figure if the day has none at all", () => {
  const { byDay } = summarise(metrics, { ...sweden, range: { from: "2026-03-03", to: "2026-03-06" } });
  expect(byDay.map(({ name, sums }) => [name, sums?.dau])).toEqual([
    ["2026-03-03", 0],
    ["2026-03-04", undefined],
    ["2026-03-05", 4],
    ["2026-03-06", 0],
  ]);
});

it("pairs each day with the one at the same position of the previous period, even where days have no rows", () => {
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

it("divides an average by the days that have figures in any row", () => {
  const { total, before, byCountry } = summarise(metrics, sweden);
  expect([total.dau, total.days, before?.dau, before?.days]).toEqual([4, 2, 3, 3]);
  expect(byCountry.map(({ name, sums }) => [name, sums.dau, sums.days])).toEqual([["SE", 4, 2]]);
});
