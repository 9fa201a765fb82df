import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ActivityRow } from "../activity-row.ts";
import { readPlainRow } from "../plain-row.ts";

/** What is kept of an amount. */
const kept = (amount: number | string) => ActivityRow.parse(activity({ iap_revenue: amount })).iap_revenue;

it.each([
  [1e-7, "0.0000001"],
  ["5.551115123125783e-17", "0.00000000000000005551115123125783"],
  ["12.50E+2", "1250"],
  ["1.50e1", "15.0"],
  ["123.4e-2", "1.234"],
  ["0.5e15", "500000000000000"],
  ["0E-9", "0.000000000"],
  ["0.00e5", "0"],
  ["4.990", "4.990"],
  [4.99, "4.99"],
  ["-0", "0"],
])("keeps %j as %s", (amount, digits) => expect(kept(amount)).toBe(digits));

it("keeps every amount exactly, and without an exponent", () => {
  const amount = fc
    .tuple(fc.stringMatching(/^\d{1,7}$/), fc.stringMatching(/^\d{0,20}$/), fc.integer({ min: -18, max: 8 }))
    .map(([whole, places, exponent]) => ({ whole, places, exponent }));
  fc.assert(
    fc.property(amount, ({ whole, places, exponent }) => {
      const text = `${whole}${places && `.${places}`}e${exponent}`;
      const [before = "", after = ""] = kept(text).split(".");
      expect(before + after).toMatch(/^\d+$/);
      const units = BigInt(whole + places) * 10n ** BigInt(38 - places.length + exponent);
      expect(BigInt(before + after.padEnd(38, "0"))).toBe(units);
      expect(readPlainRow(activity({ iap_revenue: text }))?.iap_revenue).toBe(kept(text));
    }),
    { numRuns: 2_000 },
  );
});
