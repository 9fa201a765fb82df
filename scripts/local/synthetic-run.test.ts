import { expect, it } from "vitest";
import { lastSyntheticDay } from "./synthetic-run.ts";

it("a first fill ends yesterday, unless the clock is so far behind that the contract refuses its days", () => {
  expect(lastSyntheticDay("2016-01-30")).toBe("2016-01-30");
  for (const day of ["1970-01-01", "2016-01-29"])
    expect(() => lastSyntheticDay(day)).toThrow(
      `yesterday was ${day}, and synthetic activity ends on 2016-01-30`,
    );
});
