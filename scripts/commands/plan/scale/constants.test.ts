import { readFileSync } from "node:fs";
import { tables } from "@clan-platform/warehouse/tables/table.ts";
import { describe, expect, it } from "vitest";
import { assumed, measured } from "./constants.ts";
import { rowBytes, rowsPerDay } from "./warehouse-volumes.ts";

const benchmarks = readFileSync(new URL("../../../../BENCHMARKS.md", import.meta.url), "utf8");

/** What BENCHMARKS.md says was measured of ours in the line that begins so. */
function figure(line: string): number {
  const text = benchmarks
    .split("\n")
    .find((row) => row.startsWith(`| ${line}`))
    ?.split("|")[2];
  return Number(text?.replaceAll(",", "").match(/[\d.]+/)?.[0]);
}

describe("the model's rates are those of BENCHMARKS.md, rounded down", () => {
  it.each([
    ["create: requests/s", measured.requestsPerSecond.create],
    ["list: requests/s", measured.requestsPerSecond.list],
    ["search: requests/s", measured.requestsPerSecond.search],
    ["get: requests/s", measured.requestsPerSecond.get],
    ["POST /user-activity with 500 rows", measured.activityRowsPerSecond],
  ])("%s", (line, constant) => {
    const current = figure(line);
    expect(constant).toBeLessThanOrEqual(current);
    expect(constant).toBeGreaterThan(current / 2);
  });
});

it("the mix is complete", () => {
  expect(Object.values(assumed.mix).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
});

it("every table of the warehouse has its rows per day, and no other", () => {
  expect(Object.keys(rowsPerDay).sort()).toEqual(tables.map(({ name }) => name).sort());
});

it("a row's bytes follow from its schema by BigQuery's rules", () => {
  const field = (name: string, type: "STRING" | "DATE" | "NUMERIC") =>
    ({ name, type, mode: "REQUIRED", description: "x" }) as const;
  // 32 characters and 2, a date of 8, a numeric of 16.
  const fields = [field("user_id", "STRING"), field("event_date", "DATE"), field("iap_revenue", "NUMERIC")];
  expect(rowBytes({ fields })).toBe(34 + 8 + 16);
});
