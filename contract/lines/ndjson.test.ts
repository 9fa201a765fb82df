import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { expect, it } from "vitest";
import { LineFault } from "./line-reader.ts";
import { ndjsonReader } from "./ndjson.ts";

const { iap_revenue: _, ...others } = activity();
const line = (more: string) => JSON.stringify(others).replace(/}$/, `,${more}}`);

it("takes names case-insensitively and between blanks, and keeps every digit of their amounts", () => {
  const { read, ignored } = ndjsonReader();
  expect(read(line('" IAP_Revenue ":0.12345678901234567890,"Note":1'))).toEqual({
    ...others,
    iap_revenue: "0.12345678901234567890",
  });
  expect([...ignored]).toEqual(["Note"]);
});

it.each([
  '"iap_revenue":1,"IAP_REVENUE":2',
  '"IAP_REVENUE":1,"iap_revenue":2',
  '"Iap_revenue":1,"iap_revenue ":2',
])("refuses a line that has a column twice: %s", (fields) => {
  expect(() => ndjsonReader().read(line(fields))).toThrow(new LineFault("has iap_revenue repeated"));
});
