import { readFileSync } from "node:fs";
import { tables } from "@clan-platform/warehouse/tables/table.ts";
import { expect, it } from "vitest";
import { runCommand } from "../../../testkit/command.ts";
import { expectOneSentence } from "../../../testkit/run.ts";
import { withTable } from "../generated-table.ts";
import { syncGibOf } from "./bigquery-reads.ts";
import { measured } from "./constants.ts";
import { demandOf, limitsOfProd, mixedRequestsPerCpu, tierFor } from "./model.ts";
import { scaleCost } from "./monthly-cost.ts";
import { scaleTables, steps, volumeReport } from "./report.ts";

it("the tables in docs/scale.md are those of the model (npm run plan writes them)", () => {
  const scale = readFileSync(new URL("../../../../docs/scale.md", import.meta.url), "utf8");
  expect(withTable(scale, scaleTables())).toBe(scale);
});

it("docs/scale.md states the measured bytes, and has a paragraph for each step", () => {
  const scale = readFileSync(new URL("../../../../docs/scale.md", import.meta.url), "utf8");
  expect(scale).toContain(`with its indexes | ${measured.postgresRowBytes} |`);
  expect(scale).toContain(`log entry | ${measured.logEntryBytes} |`);
  for (const step of ["10,000", "100,000", "1 million", "10 million", "100 million"]) {
    expect(scale).toContain(`**${step} DAU.**`);
  }
});

it("a day adds a line of bytes to each table of the warehouse that grows, at any number of players", () => {
  const growing = tables.map(({ name }) => name).filter((name) => !name.endsWith("_lock"));
  for (const dau of [100_000, 1_000_000, 10_000_000, 100_000_000]) {
    const report = volumeReport(dau);
    expect(report.map(([name]) => name)).toEqual([...growing, "all tables"]);
  }
  // 34 + 2 × 8 + 9 + 4 bytes of the key, the install and the country; 6 × 8 of counts; 3 × 16 of amounts.
  expect(volumeReport(1_000_000)[0]).toEqual(["user_daily_metrics_raw", "1,000,000", "160 MB"]);
  // Of ten times as many players who ever registered, six in ten are in clans of 20.
  expect(volumeReport(10_000)).toContainEqual(["clan_daily_metrics", "3,000", expect.stringMatching(/ kB$/)]);
});

it("a million players, worked out by hand", () => {
  const demand = demandOf(1_000_000);
  // (20 million requests + 3 million rows / 500) / 86,400 s × 3
  expect(demand.requestsPerSecond).toBeCloseTo(694.65, 1);
  // 3 million rows / 86,400 s × 3
  expect(demand.rowsPerSecond).toBeCloseTo(104.17, 1);
  // a million rows × (400 days, and a quarter's other 91) × 260 bytes
  expect(demand.databaseGb).toBeCloseTo(127.66, 5);
  // 600.18 million requests × 600 bytes
  expect(demand.logGb).toBeCloseTo(360.108, 2);
  // 1 / (0.8 / 6,700 + 0.1 / 2,200 + 0.05 / 700 + 0.05 / 2,300) of two CPUs
  expect(mixedRequestsPerCpu()).toBeCloseTo(1_937.8, 0);
  // (694.65 / 1,937.8 + 104.17 / 15,500) at half of a CPU
  expect(demand.databaseCpus).toBeCloseTo(0.73, 2);
  expect(tierFor(demand)).toBe("db-custom-1-3840");
});

it("what a sync of a million players reads, worked out by hand", () => {
  const row = 159;
  // The differences and the MERGE of raw; whole rows of the day for four tables; 30 days of six columns; 7 days of two; those of
  // three cohorts, on days 0 and 7, and the day itself, of three columns; and three times whether the day has rows.
  const raw = 1e6 * (2 * row + 4 * row + 30 * 79 + 7 * 42 + 7 * 50 + 3 * 8);
  // 20,000 periods a day for a year: twice as a whole, and the columns of four queries.
  const memberships = 20_000 * 365 * (2 * 154 + 40 + 90 + 2 * 50);
  const clans = 1_000 * 365 * (2 * 144 + 128);
  // 300,000 rows a day: the days of a year, a day, and three columns of four weekdays before.
  const clanDays = 300_000 * (365 * 8 + 272 + 4 * 56);
  const cohorts = 34_580 * (365 * 8 + 109);
  const minimum = 10 * 2 ** 20;
  // What is smaller in the tables above, and 78 times bookkeeping, of 10 MB each.
  const small = minimum * (78 + 4 * 2 + 1);
  const unrounded = (raw + memberships + clans + clanDays + cohorts + small) / 2 ** 30;
  // The rows of a day of cohorts are billed as 10 MB as well.
  expect(syncGibOf(1_000_000)).toBeCloseTo(unrounded + (minimum - 34_580 * 109) / 2 ** 30, 6);
});

it("a month of daily refreshes, three days each, is a part of what the model has people and daily queries read", () => {
  for (const demand of steps.map(demandOf).filter(({ dau }) => dau >= 1_000_000)) {
    // Each day costs less than a sync that touches one.
    expect((30 * 3 * syncGibOf(demand.dau)) / 1_024).toBeLessThan(demand.readTib / 4);
  }
});

it("more players never need less, nor cost less", () => {
  const demands = steps.map(demandOf);
  for (const [at, demand] of demands.entries()) {
    const before = demands[at - 1];
    if (!before) continue;
    for (const key of Object.keys(demand) as (keyof typeof demand)[]) {
      expect(demand[key], `${key} of ${demand.dau}`).toBeGreaterThanOrEqual(before[key]);
    }
    const usd = (of: typeof demand) => scaleCost(of, tierFor(of)).reduce((sum, line) => sum + line.usd, 0);
    expect(usd(demand)).toBeGreaterThan(usd(before));
  }
});

it("one primary is not enough for 100 million players", () => {
  expect(tierFor(demandOf(100_000_000))).toBeUndefined();
});

it("the limit that breaks first is the most loaded, and breaks where its load is 1", () => {
  const limits = limitsOfProd(demandOf(10_000_000));
  expect(limits[0]?.what).toContain("disk");
  // 500 GB / (491 days × 260 bytes)
  const breaksAt = 500e9 / (491 * measured.postgresRowBytes);
  expect(limitsOfProd(demandOf(Math.round(breaksAt)))[0]?.load).toBeCloseTo(1, 3);
});

it("the limits are those of Pulumi.prod.yaml, which docs/scale.md states", () => {
  const names = limitsOfProd(demandOf(1_000_000)).map(({ what }) => what);
  const limits = ["CPUs (2)", "instances (10)", "disk (500 GB)", "memory (7.5 GB)"];
  for (const limit of limits) expect(names.join("; ")).toContain(limit);
  const committed = readFileSync(new URL("../../../../Pulumi.prod.yaml", import.meta.url), "utf8");
  expect(committed).toContain("databaseTier: db-custom-2-7680");
  expect(committed).toContain('databaseMaxDiskGb: "500"');
  expect(committed).toContain('maxInstances: "10"');
  const scale = readFileSync(new URL("../../../../docs/scale.md", import.meta.url), "utf8");
  expect(scale).toContain("(2 CPUs, 7.5 GB, at most 500 GB of disk, 10 instances)");
});

it("npm run plan -- --dau prints demand, cost and what breaks first, and nothing of the stacks", async () => {
  const { output, ended } = runCommand("plan", ["--dau", "1000000"]);
  expect(await ended).toBe(0);
  expect(output()).toMatch(/1,000,000 daily active users/);
  expect(output()).toMatch(/requests\/s at peak +690/);
  expect(output()).toMatch(/first to break in stack prod +the database's disk/);
  expect(output()).toMatch(/Logs +360 GB +\d+/);
  expect(output()).not.toContain("Stack prod:");
});

it("refuses a number of players that is none", async () => {
  const { output, ended } = runCommand("plan", ["--dau", "many"]);
  expect(await ended).toBe(64);
  expectOneSentence(output(), /--dau must be a whole number from 1 to 1000000000, not many/);
});
