import { tomorrow } from "@clan-platform/contract/day.ts";
import { expect, it } from "vitest";
import { askedDays } from "./asked-days.ts";

const covered = { from_date: "2024-03-01", to_date: "2024-03-03" };
const days = (from_date: string, to_date: string) => ({ from_date, to_date });

it("are those that there are, or a part of them, or others that can have rows", () => {
  expect(askedDays(covered)).toEqual(covered);
  expect(askedDays(covered, "2024-03-02")).toEqual(days("2024-03-02", "2024-03-03"));
  expect(askedDays(covered, undefined, "2024-03-02")).toEqual(days("2024-03-01", "2024-03-02"));
  expect(askedDays(covered, "2023-01-01", "2023-01-31")).toEqual(days("2023-01-01", "2023-01-31"));
});

it("leave out those that can't have rows, but none that has", () => {
  expect(askedDays(covered, "0001-01-01", "9999-12-31")).toEqual(days("2015-01-01", tomorrow()));
  const wrong = days("1970-01-01", "2930-01-01");
  expect(askedDays(wrong, "0001-01-01", "9999-12-31")).toEqual(wrong);
  expect(() => askedDays(covered, "2930-01-01", "9999-12-31")).toThrow(
    "No day from 2930-01-01 to 9999-12-31",
  );
});
