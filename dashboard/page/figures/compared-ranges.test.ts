import { expect, it } from "vitest";
import { daysFrom } from "../../days.ts";
import { comparedRanges } from "./compared-ranges.ts";

const range = { from: "2026-03-11", to: "2026-03-20" };
const before = { from: "2026-03-01", to: "2026-03-10" };

it("compares all of two periods that have figures on every day", () => {
  expect(comparedRanges(range, before, new Set(daysFrom("2026-03-01", "2026-03-20")))).toEqual({
    now: { ...range, without: [] },
    before: { ...before, without: [] },
    pairs: 10,
    days: 10,
  });
});

it("cuts the ends without a partner on both sides alike, and leaves out the days between that have none", () => {
  const missing = ["2026-03-06", "2026-03-18", "2026-03-07", "2026-03-17"];
  const known = new Set(daysFrom("2026-03-04", "2026-03-19").filter((day) => !missing.includes(day)));
  expect(comparedRanges(range, before, known)).toEqual({
    now: { from: "2026-03-14", to: "2026-03-19", without: ["2026-03-16"] },
    before: { from: "2026-03-04", to: "2026-03-09", without: ["2026-03-08"] },
    pairs: 3,
    days: 10,
  });
});

it("compares nothing where no day has a partner", () => {
  expect(comparedRanges(range, before, new Set(daysFrom("2026-03-11", "2026-03-20")))).toBeUndefined();
});
