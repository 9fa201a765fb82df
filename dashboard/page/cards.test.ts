import { expect, it } from "vitest";
import { changeText, comparedText } from "./cards.ts";

it.each([
  [12, 10, false, "up", "20.0 %"],
  [9.99, 10, false, "down", "0.1 %"],
  [0.52, 0.5, true, "up", "2.00 points"],
  [0, 0.5, true, "down", "50.00 points"],
  [0.5, 0, true, "up", "50.00 points"],
  [10, 10, false, "same", "unchanged"],
  [0, 0, false, "same", "unchanged"],
  [0.50011, 0.50015, true, "same", "hardly changed"],
])("describes the change to %f from %f (a share: %s): %s %s", (now, before, isShare, direction, text) => {
  expect(changeText({ isShare }, now, before)).toEqual({ direction, text });
});

it.each([
  [5, 0],
  [null, 5],
  [5, null],
])("describes no change to %s from %s", (now, before) => {
  expect(changeText({ isShare: false }, now, before)).toBeUndefined();
});

it("names both periods of the comparison", () => {
  const day = { from: "2026-03-08", to: "2026-03-08" };
  const week = { from: "2026-03-08", to: "2026-03-14" };
  expect(comparedText(week, { from: "2026-03-01", to: "2026-03-07" })).toBe(
    "8 Mar 2026 to 14 Mar 2026, against the 7 days before: 1 Mar 2026 to 7 Mar 2026",
  );
  expect(comparedText(day, { from: "2026-03-07", to: "2026-03-07" })).toBe(
    "8 Mar 2026, against the day before: 7 Mar 2026",
  );
  expect(comparedText(week, undefined)).toMatch(
    /^8 Mar 2026 to 14 Mar 2026; the 7 days before are not fully covered/,
  );
});
