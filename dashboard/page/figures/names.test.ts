import { expect, it } from "vitest";
import { matchesCountry, pointTexts } from "./names.ts";

it("has the year on an axis of more than one, and on every month", () => {
  expect(pointTexts(["2026-03-01", "2026-03-02"], "day")).toEqual(["1 Mar", "2 Mar"]);
  expect(pointTexts(["2025-12-31", "2026-01-01"], "day")).toEqual(["31 Dec 2025", "1 Jan 2026"]);
  expect(pointTexts(["2025-12-29", "2026-01-05"], "week")).toEqual(["29 Dec 2025", "5 Jan 2026"]);
  expect(pointTexts(["2026-02-01", "2026-03-01"], "month")).toEqual(["Feb 2026", "Mar 2026"]);
});

it.each([
  ["USA", ["US"]],
  ["usa", ["US"]],
  ["uk", ["GB"]],
  ["turkey", ["TR"]],
  ["TR", ["TR"]],
  ["cote d", ["CI"]],
  ["united", ["GB", "US"]],
  ["  ", ["CI", "DE", "GB", "TR", "US"]],
  ["atlantis", []],
])("the search for %s finds %j", (typed, found) => {
  expect(["CI", "DE", "GB", "TR", "US"].filter((code) => matchesCountry(code, typed))).toEqual(found);
});
