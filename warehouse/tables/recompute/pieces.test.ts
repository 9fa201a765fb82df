import { expect, it } from "vitest";
import { addDays, type DateRange } from "../../days.ts";
import { inPieces } from "./pieces.ts";

const first = "2024-02-01";
const days = (from: number, to: number): DateRange => ({
  from_date: addDays(first, from),
  to_date: addDays(first, to),
});
const rowsByDay = (rows: number[]) => new Map(rows.map((count, day) => [addDays(first, day), count]));

it.each([
  { what: "few rows", rows: [10, 10, 10], pieces: [days(0, 2)] },
  { what: "no rows at all", rows: [], pieces: [days(0, 2)] },
  { what: "a day without rows", rows: [10, 0, 10], pieces: [days(0, 2)] },
  { what: "exactly as many as fit", rows: [1_000_000, 1_000_000, 0], pieces: [days(0, 2)] },
  { what: "one more", rows: [1_000_000, 1_000_000, 1], pieces: [days(0, 1), days(2, 2)] },
  {
    what: "a day that alone has more",
    rows: [1, 9_000_000, 1],
    pieces: [days(0, 0), days(1, 1), days(2, 2)],
  },
])("three days with $what", ({ rows, pieces }) => {
  expect(inPieces(days(0, 2), rowsByDay(rows))).toEqual(pieces);
});

it("no piece has more than 31 days", () => {
  expect(inPieces(days(0, 62), new Map())).toEqual([days(0, 30), days(31, 61), days(62, 62)]);
  expect(inPieces(days(0, 0), new Map())).toEqual([days(0, 0)]);
});
