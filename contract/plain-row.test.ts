import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ActivityRow } from "./activity-row.ts";
import { readPlainRow } from "./plain-row.ts";

const odd = fc.oneof(
  fc.anything(),
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    "",
    " a",
    "2024-02-30",
    "2024-02-29",
    "2014-12-31",
    "9999-01-01",
    "ios",
    "tr",
    "TR",
    "-0",
    "007",
    "1e5",
  ),
  fc.constantFrom(-0, 1e-7, 2 ** 31, 2 ** 31 - 1, 1e15, 999_999_999_999_999, Number.POSITIVE_INFINITY),
);
const field = fc.constantFrom(...Object.keys(activity()), "extra");
// At most a few fields are odd, so that many rows are good.
const changes = fc.dictionary(field, odd, { maxKeys: 3 });

it("reads a plain row", () => {
  expect(readPlainRow(activity())).toEqual(ActivityRow.parse(activity()));
  expect(readPlainRow(activity({ country: "", iap_revenue: "4.990" }))).toMatchObject({
    country: null,
    iap_revenue: "4.990",
  });
});

it("takes nothing that the schema refuses, and reads the same out of what it takes", () => {
  fc.assert(
    fc.property(changes, (changes) => {
      const raw = activity(changes);
      const plain = readPlainRow(raw);
      if (plain) expect(ActivityRow.parse(raw)).toEqual(plain);
    }),
    { numRuns: 20_000 },
  );
  for (const raw of [null, undefined, 5, "x", [], {}, Object.values(activity())]) {
    expect(readPlainRow(raw)).toBeUndefined();
  }
});
