import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, countDays, daysFrom } from "../../days.ts";
import { type Baseline, baselines, type Known, lastCompleteDay, type Period, resolve } from "./periods.ts";

const covered = { from: "2026-03-01", to: "2026-03-31" };
const known: Known = { covered, missing: [], today: "2026-03-31", lastComplete: "2026-03-30" };
const resolveIn = (
  period: Period,
  options: { baseline?: Baseline; withIncomplete?: boolean } = {},
  what = known,
) => resolve(period, { baseline: "weekdays", withIncomplete: false, ...options }, what);

describe("the last complete day", () => {
  const now = new Date("2026-03-31T10:00:00Z");
  const lastOf = (sync: string | null, load: string | null, to = "2026-03-31") =>
    lastCompleteDay(
      now,
      [
        { name: "daily_metrics", at: "2026-03-30T12:00:00Z" },
        { name: "sync", at: sync },
        { name: "load", at: load },
      ],
      { from: "2024-01-01", to },
    );

  it("is yesterday, if a sync ran after its end", () => {
    expect(lastOf("2026-03-31T09:55:00Z", null)).toBe("2026-03-30");
    expect(lastOf("2026-03-31T00:00:00Z", null)).toBe("2026-03-30");
  });
  it("is the day before, if the last sync ran while yesterday went on", () => {
    expect(lastOf("2026-03-30T23:59:59.999Z", null)).toBe("2026-03-29");
  });
  it("counts a load after the last sync", () => {
    expect(lastOf("2026-03-28T10:00:00Z", "2026-03-31T01:00:00Z")).toBe("2026-03-30");
    expect(lastOf("2026-03-31T01:00:00Z", "2026-03-28T10:00:00Z")).toBe("2026-03-30");
  });
  it("is the last day of loaded files, however old they are and whenever they were loaded", () => {
    expect(lastOf(null, "2026-03-31T09:00:00Z", "2024-03-05")).toBe("2024-03-05");
    expect(lastOf(null, "2024-03-05T12:00:00Z", "2024-03-05")).toBe("2024-03-05");
    expect(lastOf(null, null, "2024-03-05")).toBe("2024-03-05");
  });
  it("is never today, nor after the data", () => {
    expect(lastOf(null, "2026-03-31T09:00:00Z")).toBe("2026-03-30");
    expect(lastOf("2026-03-31T09:00:00Z", null, "2026-03-12")).toBe("2026-03-12");
  });
  it("is counted in UTC", () => {
    expect(lastOf("2026-03-31T01:30:00+02:00", null)).toBe("2026-03-29");
  });
});

describe("a period", () => {
  it("ends at the last complete day, if it is the last n days", () => {
    expect(resolveIn({ last: 7 })).toEqual({
      range: { from: "2026-03-24", to: "2026-03-30" },
      incomplete: [],
      before: { from: "2026-03-17", to: "2026-03-23" },
    });
    const { range, incomplete } = resolveIn({ last: 7 }, { withIncomplete: true });
    expect({ range, incomplete }).toEqual({
      range: { from: "2026-03-25", to: "2026-03-31" },
      incomplete: ["2026-03-31"],
    });
  });
  it("keeps the incomplete days of all days and of typed days apart", () => {
    expect(resolveIn("all")).toMatchObject({
      range: { from: "2026-03-01", to: "2026-03-30" },
      incomplete: ["2026-03-31"],
    });
    expect(resolveIn("all").cut).toBeUndefined();
    const typed = { from: "2026-03-25", to: "2026-03-31" };
    expect(resolveIn(typed)).toMatchObject({
      range: { from: "2026-03-25", to: "2026-03-30" },
      incomplete: ["2026-03-31"],
      cut: "31 Mar 2026 isn't over and is left out.",
    });
    const taken = resolveIn(typed, { withIncomplete: true });
    expect(taken).toMatchObject({ range: typed, incomplete: ["2026-03-31"] });
    expect(taken.cut).toBeUndefined();
  });
  it("counts days that aren't over, without a comparison, if it has no others", () => {
    const today = { from: "2026-03-31", to: "2026-03-31" };
    const counted = {
      range: today,
      incomplete: ["2026-03-31"],
      cut: "No day of the period is complete, so what there is so far is counted.",
      noBefore: "A day that isn't over can't be compared with whole days.",
    };
    expect(resolveIn(today)).toEqual(counted);
    const firstDay = { covered: today, missing: [], today: "2026-03-31", lastComplete: "2026-03-30" };
    expect(resolveIn("all", {}, firstDay)).toEqual(counted);
    expect(resolveIn({ last: 1 }, {}, firstDay)).toEqual(counted);
  });
  it("is cut where the data begins or ends, and says so", () => {
    expect(resolveIn({ from: "2026-02-17", to: "2026-03-18" })).toMatchObject({
      range: { from: "2026-03-01", to: "2026-03-18" },
      cut: "The data begins on 1 Mar 2026: 12 of the 30 days are missing.",
    });
    expect(resolveIn({ last: 31 }).cut).toBe("The data begins on 1 Mar 2026: 1 of the 31 days is missing.");
    expect(resolveIn({ from: "2026-03-30", to: "2026-04-02" }).cut).toBe(
      "The data ends on 31 Mar 2026: 2 of the 4 days are missing; 31 Mar 2026 isn't over and is left out.",
    );
    expect(resolveIn({ from: "2026-02-28", to: "2026-04-01" }, { withIncomplete: true }).cut).toBe(
      "The data covers 1 Mar 2026 to 31 Mar 2026: 2 of the 33 days are missing.",
    );
  });
  it("counts nothing outside the data, and says where that begins or ends", () => {
    expect(resolveIn({ from: "2026-01-01", to: "2026-01-31" })).toEqual({
      range: { from: "2026-01-01", to: "2026-01-31" },
      incomplete: [],
      cut: "The data begins on 1 Mar 2026, after 1 Jan 2026 to 31 Jan 2026.",
      noBefore: "There is nothing to compare.",
    });
    expect(resolveIn({ from: "2026-05-01", to: "2026-05-01" }).cut).toBe(
      "The data ends on 31 Mar 2026, before 1 May 2026.",
    );
    expect(resolveIn({ from: "0001-01-01", to: "1999-12-31" })).toMatchObject({
      range: { from: "1998-12-31", to: "1999-12-31" },
      cut: "The data begins on 1 Mar 2026, after 1 Jan 1 to 31 Dec 1999.",
    });
    expect(resolveIn({ from: "2027-01-01", to: "9999-12-31" }).range).toEqual({
      from: "2027-01-01",
      to: "2028-01-01",
    });
  });
});

describe("a baseline", () => {
  const long: Known = {
    covered: { from: "2023-01-01", to: "2026-12-31" },
    missing: [],
    today: "2027-01-01",
    lastComplete: "2026-12-31",
  };
  const beforeOf = (from: string, to: string, baseline: Baseline) =>
    resolveIn({ from, to }, { baseline }, long).before;

  it.each([
    [1, 7],
    [7, 7],
    [8, 14],
    [14, 14],
    [30, 35],
  ])("of the same weekdays is for %i days %i days earlier", (days, earlier) => {
    const to = addDays("2026-03-01", days - 1);
    expect(beforeOf("2026-03-01", to, "weekdays")).toEqual({
      from: addDays("2026-03-01", -earlier),
      to: addDays(to, -earlier),
    });
  });
  it.each([
    ["month", "2026-04-01", "2026-04-30", "2026-03-01", "2026-03-30"],
    ["month", "2026-03-01", "2026-03-31", "2026-01-29", "2026-02-28"],
    ["month", "2026-03-30", "2026-03-30", "2026-02-28", "2026-02-28"],
    ["month", "2026-01-05", "2026-01-06", "2025-12-05", "2025-12-06"],
    ["year", "2026-03-01", "2026-03-31", "2025-03-01", "2025-03-31"],
    ["year", "2024-02-29", "2024-02-29", "2023-02-28", "2023-02-28"],
    ["year", "2024-02-01", "2024-03-31", "2023-01-31", "2023-03-31"],
    ["year", "2025-02-01", "2025-03-31", "2024-02-02", "2024-03-31"],
    ["previous", "2026-03-01", "2026-03-31", "2026-01-29", "2026-02-28"],
  ] as const)("of the %s before %s to %s is %s to %s", (baseline, from, to, first, last) => {
    expect(beforeOf(from, to, baseline)).toEqual({ from: first, to: last });
  });
  it("is refused where it would overlap, and none where none is wanted", () => {
    expect(resolveIn({ from: "2026-02-01", to: "2026-03-02" }, { baseline: "month" }, long).noBefore).toBe(
      "The 30 days are longer than a month: they would be compared with themselves.",
    );
    expect(resolveIn({ last: 7 }, { baseline: "none" })).toMatchObject({
      noBefore: "No comparison is selected.",
    });
  });
  it("says which of its days the data lacks, and that there is none if it lacks all", () => {
    expect(resolveIn({ from: "2026-03-10", to: "2026-03-23" })).toMatchObject({
      before: { from: "2026-02-24", to: "2026-03-09" },
      beforeCut: "The data begins on 1 Mar 2026: 5 of the 14 days before are missing.",
    });
    const all = resolveIn("all");
    expect(all.before).toBeUndefined();
    expect(all.noBefore).toBe(
      "The data begins on 1 Mar 2026: there is nothing on 25 Jan 2026 to 23 Feb 2026 to compare with.",
    );
  });
});

it("counts only covered days, never an incomplete one unasked, and compares with as many earlier days", () => {
  const day = fc.integer({ min: -800, max: 60 }).map((offset) => addDays("2026-03-01", offset));
  const period = fc.oneof(
    fc.record({ last: fc.integer({ min: 1, max: 400 }) }),
    fc.constant("all" as const),
    fc.record({ from: day, to: day }),
  );
  const dataset = fc
    .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: -1, max: 40 }), fc.nat(3))
    .map(([days, age, late]): Known => {
      const today = "2026-03-01";
      const to = addDays(today, -age);
      const lastComplete = [to, addDays(today, -1), addDays(today, -1 - late)].sort()[0] as string;
      return { covered: { from: addDays(to, -days), to }, missing: [], today, lastComplete };
    });
  fc.assert(
    fc.property(
      period,
      fc.constantFrom(...baselines),
      fc.boolean(),
      dataset,
      (asked, baseline, withIncomplete, data) => {
        const { range, incomplete, before, noBefore, cut } = resolve(
          asked,
          { baseline, withIncomplete },
          data,
        );
        expect(range.from <= range.to).toBe(true);
        expect(incomplete.every((name) => name > data.lastComplete)).toBe(true);
        const isOutside = range.to < data.covered.from || range.from > data.covered.to;
        if (isOutside) expect(cut).toBeDefined();
        else {
          expect(range.from >= data.covered.from && range.to <= data.covered.to).toBe(true);
          const counted = daysFrom(range.from, range.to);
          const unfinished = counted.filter((name) => name > data.lastComplete);
          if (!withIncomplete && unfinished.length > 0) {
            expect(unfinished).toEqual(counted);
            expect(cut).toBeDefined();
          }
          expect(incomplete).toEqual(expect.arrayContaining(unfinished));
        }
        expect(before === undefined).toBe(noBefore !== undefined);
        if (!before) return;
        expect(countDays(before.from, before.to)).toBe(countDays(range.from, range.to));
        expect(before.to < range.from).toBe(true);
        if (baseline === "weekdays") {
          const shift = countDays(before.from, range.from) - 1;
          expect(shift % 7).toBe(0);
          expect(shift - countDays(range.from, range.to)).toBeLessThan(7);
        }
      },
    ),
  );
});
