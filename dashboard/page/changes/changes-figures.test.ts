import { expect, it } from "vitest";
import { addDays, daysFrom } from "../../days.ts";
import type { Row } from "../figures/read-answer.ts";
import { noSums } from "../figures/sums.ts";
import { addressFrom } from "../state/address.ts";
import type { Question } from "../state/questions.ts";
import { buildChanges } from "./changes-figures.ts";

const before = { from: "2026-03-01", to: "2026-03-07" };
const range = { from: "2026-03-08", to: "2026-03-14" };

/** Sums of 100 users a day in each of two countries, except on the missing days. */
function answerWithout(missing: string[]) {
  return ({ from, to, without = [] }: Question) => {
    const days = daysFrom(from, to).filter((day) => !missing.includes(day) && !without.includes(day));
    const row = (part: Partial<Row>, dau: number): Row => ({
      ...{ day: "", country: "", platform: "", membership: "", ...part },
      sums: { ...noSums, dau, days: 1 },
    });
    const rows = ["TR", "DE"].map((name) => row({ country: name }, 100 * days.length));
    return { version: "1", isHeld: false, rows, days: days.length };
  };
}

it.each([
  ["of the period", addDays(range.from, 3)],
  ["of the one before", addDays(before.from, 3)],
])("a day that is missing in the middle %s is no change of every country", (_, missing) => {
  const address = addressFrom(new URLSearchParams("?metric=dau"));
  const frame = { selection: address.selection, resolved: { range, before, incomplete: [] } };
  const known = {
    covered: { from: before.from, to: range.to },
    missing: [missing],
    today: "",
    lastComplete: "",
  };
  const compared = buildChanges(address, frame, known, answerWithout([missing]))?.compared;
  expect(compared).toMatchObject({
    ranges: { pairs: 6, days: 7 },
    now: { dau: 1200, days: 6 },
    before: { dau: 1200, days: 6 },
    countries: { total: 0, parts: [{ total: 0 }, { total: 0 }] },
  });
});
