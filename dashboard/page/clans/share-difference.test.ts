import { expect, it } from "vitest";
import { shareDifference } from "./share-difference.ts";

// The examples of table II in Newcombe (1998), with the Wilson intervals of each share.
it.each([
  ["56/70 - 48/80", [56, 70, 0.692, 0.8769], [48, 80, 0.4904, 0.7004], [0.2, 0.0524, 0.3339]],
  ["9/10 - 3/10", [9, 10, 0.5958, 0.9821], [3, 10, 0.1078, 0.6032], [0.6, 0.1705, 0.809]],
  ["6/7 - 2/7", [6, 7, 0.4869, 0.9743], [2, 7, 0.0822, 0.6411], [0.5714, 0.0582, 0.8062]],
])("of %s has the published interval", (_, a, b, [difference, low, high]) => {
  const found = shareDifference(shareOf(a), shareOf(b));
  expect(found.difference).toBeCloseTo(difference as number, 3);
  expect(found.low).toBeCloseTo(low as number, 3);
  expect(found.high).toBeCloseTo(high as number, 3);
});

it("is no noise where the intervals of the shares overlap, but that of the difference is above 0", () => {
  const [members, others] = [shareOf([430, 1000, 0.3996, 0.4609]), shareOf([385, 1000, 0.3553, 0.4155])];
  expect(members.low).toBeLessThan(others.high);
  expect(shareDifference(members, others).low).toBeGreaterThan(0);
});

function shareOf([retained = 0, users = 0, low = 0, high = 0]: number[]) {
  return { retained, users, low, high };
}
