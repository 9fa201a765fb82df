import { expect, it } from "vitest";
import { parseExactJson } from "./exact-json.ts";

it.each([
  ["123456789012345678", "123456789012345678"],
  ["0.30000000000000004", "0.30000000000000004"],
  ["1e-400", "1e-400"],
  ["-0.00000000000000000000000001e-390", "-0.00000000000000000000000001e-390"],
  ["3.0000000000000000000000001", "3.0000000000000000000000001"],
  ["3.0000000000000000000000000", 3],
  ["0.00000000000000000000", 0],
  ["1.2500000000000000000e2", 125],
  ["100000000000000000000", "100000000000000000000"],
  ["5", 5],
])("an amount or a count of %s is kept as %j", (number, kept) => {
  for (const field of ["iap_revenue", "match_start_count"]) {
    expect(parseExactJson(`{"rows":[{"${field}":${number}}]}`)).toEqual({ rows: [{ [field]: kept }] });
  }
});

it("no other field gets a text in place of a number", () => {
  const row =
    '{"user_id":123456789012345678,"name":[0.30000000000000004],"n":1e-400,"x":"123456789012345678"}';
  expect(parseExactJson(row)).toEqual(JSON.parse(row));
});

it("a long number takes no longer than it is", () => {
  const text = `{"iap_revenue":0.${"0".repeat(2_000_000)}1}`;
  const startedAt = performance.now();
  expect(parseExactJson(text)).toEqual({ iap_revenue: text.slice(15, -1) });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
