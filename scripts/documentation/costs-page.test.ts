import { expect, it } from "vitest";
import { demandOf, tierFor } from "../commands/plan/scale/model.ts";
import { scaleCost } from "../commands/plan/scale/monthly-cost.ts";
import { costTables } from "./costs-page.ts";
import { readPage } from "./pages.ts";
import { withTables } from "./tables.ts";

const tables = await costTables();

/** A row's amounts, by the text it begins with. */
const amounts = (table: string | undefined, first: string) =>
  table
    ?.split("\n")
    .find((row) => row.startsWith(`| ${first}`))
    ?.split("|")
    .slice(2, 5)
    .map((cell) => Number(cell.replaceAll(/[*,\s]/g, "")));

it("docs/costs.md has the tables of the cost model", () => {
  const page = readPage("docs/costs.md");
  expect(withTables(page, tables), "docs/costs.md is outdated: npm run update-docs").toBe(page);
});

it("each line of prod at a million players, worked out by hand", () => {
  // 127.66 GB × 1.25, rounded up to 160, in two zones × 0.17
  expect(amounts(tables.prod, "Cloud SQL, disk")?.[2]).toBe(54);
  // 160 GB, and with 181 days instead of 491 47.06 GB × 1.25, so 59: two zones × 0.17, and half of it × 0.08
  expect(amounts(tables.savings, "`activityRetentionDays: 90`")?.[2]).toBe(38);
  // 600.18 million requests: 598.18 × 0.40; one runs 1 - e^-2.28 of the month, 90 %: 2,360,000 s, of which 180,000 are
  // free, × 0.000024, and half as many GiB seconds, of which 360,000 are free, × 0.0000025
  expect(amounts(tables.prod, "Cloud Run, requests")?.[2]).toBe(294);
  // 6.787 TiB of people and daily queries, of which one is free, and 9.4248 GiB × 2,889.58 syncs / 1,024, × 6.25
  expect(amounts(tables.prod, "BigQuery, queries")?.[2]).toBe(202);
  // 360.108 GB are 335.4 GiB, of which 50 are free, × 0.50
  expect(amounts(tables.prod, "Logs")?.[2]).toBe(143);
});

it("docs/scale.md has the same bill of BigQuery as prod", () => {
  const [, , million = 0] = amounts(tables.prod, "BigQuery, queries") ?? [];
  const [, , stored = 0] = amounts(tables.prod, "BigQuery, storage") ?? [];
  const demand = demandOf(1_000_000);
  const line = scaleCost(demand, tierFor(demand)).find(({ what }) => what === "BigQuery");
  expect(Math.abs((line?.usd ?? 0) - million - stored)).toBeLessThan(0.6);
});

it("more players never cost less, and every saving saves", () => {
  for (const stack of [tables.dev, tables.prod]) {
    const [small = 0, medium = 0, large = 0] = amounts(stack, "**total**") ?? [];
    expect(small).toBeGreaterThan(0);
    expect(medium).toBeGreaterThan(small);
    expect(large).toBeGreaterThan(medium);
  }
  // One zone instead of two: 98.62 for the instance, 8.50 for the disk.
  expect(amounts(tables.savings, "`databaseAvailability: zonal`")?.[0]).toBe(107);
  for (const row of tables.savings?.split("\n").slice(2) ?? []) expect(row).not.toContain("| -");
});
