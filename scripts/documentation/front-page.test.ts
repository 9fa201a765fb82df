import { expect, it } from "vitest";
import { readPage } from "./pages.ts";

it("README fits on a few screens: 130 lines of 110 characters", () => {
  const lines = readPage("README.md").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(130);
  expect(lines.filter((line) => [...line].length > 110)).toEqual([]);
});
