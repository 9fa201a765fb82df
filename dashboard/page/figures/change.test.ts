import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeOf } from "./change.ts";
import { pairDays } from "./like-for-like.ts";
import type { Measure } from "./measure.ts";
import { allMeasures } from "./measures.ts";
import type { Sums } from "./sums.ts";
import { anySums, series } from "./testing/example-sums.ts";

const measureOf = (key: string): Measure => {
  const found = allMeasures.find((measure) => measure.key === key);
  if (!found) throw new Error(`no measure ${key}`);
  return found;
};

type Some = Partial<Sums> | undefined;
function change(key: string, now: Some[], before: Some[]) {
  const both = { now: series("2026-03-15", now), before: series("2026-03-01", before) };
  return changeOf(measureOf(key), pairDays(both.now, both.before), both);
}
/** A fortnight around a mean, with a spread of about 2 %. */
const around = (mean: number) =>
  [0, 1, -2, 2, -1, 3, -3, 1, 0, -2, 2, -1, 3, -3].map((percent) => Math.round(mean * (1 + percent / 100)));
const dauOf = (values: number[]) => values.map((dau) => ({ dau }));

describe("a change", () => {
  it.each([
    ["dau", [{ dau: 12 }], [{ dau: 10 }], "up", "20.0%"],
    ["dau", [{ dau: 1_000_001 }], [{ dau: 1_000_000 }], "up", "< 0.1%"],
    ["dau", [{ dau: 0 }], [{ dau: 10 }], "down", "100.0%"],
    ["dau", [{ dau: 10 }], [{ dau: 10 }], "same", "unchanged"],
    ["server_errors", [{ errors: 500 }], [{ errors: 0 }], "up", "500"],
    ["errors_per_dau", [{ dau: 10, errors: 5 }], [{ dau: 1_000_000, errors: 1 }], "up", "0.5000"],
    [
      "arpdau",
      [{ dau: 1_000_000, iap: { whole: 200, billionths: 1 } }],
      [{ dau: 1_000_000 }],
      "same",
      "hardly changed",
    ],
    ["win_ratio", [{ victories: 52, ended: 100 }], [{ victories: 50, ended: 100 }], "up", "2.00 points"],
    [
      "win_ratio",
      [{ victories: 33_335, ended: 100_000 }],
      [{ victories: 33_334, ended: 100_000 }],
      "up",
      "0.01 points",
    ],
    [
      "win_ratio",
      [{ victories: 33_334, ended: 100_000 }],
      [{ victories: 33_331, ended: 100_000 }],
      "same",
      "hardly changed",
    ],
    ["win_ratio", [{ victories: 0, ended: 100 }], [{ victories: 50, ended: 100 }], "down", "50.00 points"],
  ] as const)("of %s from %j and %j is %s %s", (key, now, before, direction, text) => {
    expect(change(key, [...now], [...before])).toMatchObject({ direction, text });
  });

  it("is none where a ratio has no divisor or no day has figures on both sides", () => {
    expect(change("win_ratio", [{ ended: 0 }], [{}])).toBeUndefined();
    expect(change("win_ratio", [{}], [{ ended: 0 }])).toBeUndefined();
    expect(change("dau", [undefined], [{}])).toBeUndefined();
  });

  it("is good or bad by the direction of its measure", () => {
    const [few, many] = [around(100), around(200)];
    expect(change("dau", dauOf(many), dauOf(few))?.tone).toBe("good");
    expect(change("dau", dauOf(few), dauOf(many))?.tone).toBe("bad");
    const errorsOf = (values: number[]) => values.map((errors) => ({ errors }));
    expect(change("server_errors", errorsOf(many), errorsOf(few))?.tone).toBe("bad");
    expect(change("server_errors", errorsOf(few), errorsOf(many))?.tone).toBe("good");
    const defeatsOf = (values: number[]) => values.map((defeats) => ({ defeats }));
    expect(change("defeats", defeatsOf(many), defeatsOf(few))?.tone).toBe("neutral");
  });

  it("is noise within two standard errors of the daily means", () => {
    // Each side's variance is 4.31 % squared, so that a standard error is 0.785 % of the mean.
    const before = dauOf(around(100_000));
    expect(change("dau", dauOf(around(101_500)), before)).toEqual({
      direction: "up",
      text: "1.5%",
      tone: "noise",
      explanation: "Within the day-to-day variation: the daily means differ by 1.9 standard errors.",
    });
    expect(change("dau", dauOf(around(101_700)), before)).toMatchObject({
      tone: "good",
      explanation: "More than the day-to-day variation: the daily means differ by 2.1 standard errors.",
    });
  });

  it("isn't noise if one extreme day makes it, which it names", () => {
    const now = around(1000);
    now[4] = 1200;
    expect(change("dau", dauOf(now), dauOf(around(1000)))).toMatchObject({
      direction: "up",
      tone: "good",
      mostlyOn: "Thu 19 Mar",
      explanation: "Mostly one day: Thu 19 Mar.",
    });
    expect(change("dau", dauOf(around(1000)), dauOf(now))).toMatchObject({
      direction: "down",
      tone: "bad",
      explanation: "Mostly one day: Thu 5 Mar.",
    });
  });

  it("isn't judged from one day on each side, which has no known spread", () => {
    expect(change("dau", [{ dau: 20 }], [{ dau: 10 }])).toMatchObject({ text: "100.0%", tone: "neutral" });
    const compared = change("dau", [{ dau: 20 }, undefined], [{ dau: 10 }, {}]);
    expect(compared?.explanation).toBe(
      "One day on each side shows no day-to-day variation, so the change isn't judged. " +
        "1 of 2 days is compared: the other has no figures in one of the periods.",
    );
  });

  it("is noise if the ratio of the sums moves against the mean of the days", () => {
    // Every day's win ratio falls, but more matches end on the days with a high one.
    const day = (ended: number, percent: number) => ({ ended, victories: (ended * percent) / 100 });
    const week = Array.from({ length: 7 });
    const now = week.flatMap(() => [day(100, 30), day(900, 50)]);
    const before = week.flatMap(() => [day(900, 40), day(100, 60)]);
    expect(change("win_ratio", now, before)).toMatchObject({
      direction: "up",
      tone: "noise",
      explanation: "The daily figures moved the other way on average.",
    });
  });
});

it("never contradicts the two figures beside it", () => {
  const near = fc
    .tuple(anySums, fc.double({ min: 0.999, max: 1.001, noNaN: true }))
    .map(([sums, factor]) => ({
      now: sums,
      before: {
        ...sums,
        dau: Math.round(sums.dau * factor),
        errors: Math.round(sums.errors * factor),
        victories: Math.round(sums.victories * factor),
      },
    }));
  const pairOf = fc.oneof(near, fc.record({ now: anySums, before: anySums }));
  fc.assert(
    fc.property(fc.constantFrom(...allMeasures), pairOf, (measure, { now, before }) => {
      const both = {
        now: [{ name: "2026-03-08", sums: now }],
        before: [{ name: "2026-03-01", sums: before }],
      };
      const found = changeOf(measure, pairDays(both.now, both.before), both);
      const [isNow, was] = [measure.text(now), measure.text(before)];
      if (!found) {
        expect([isNow, was]).toContain("–");
        return;
      }
      const shown = (text: string) => Number(text.replace(/[$,%]/g, ""));
      const difference = shown(isNow) - shown(was);
      expect(found.direction).toBe(difference === 0 ? "same" : difference > 0 ? "up" : "down");
      if (difference === 0) expect(found.text).toMatch(/^(un|hardly )changed$/);
      else expect(found.text).toMatch(/[1-9]/);
      if (difference !== 0 && measure.isShare)
        expect(shown(found.text.replace(" points", ""))).toBeCloseTo(Math.abs(difference), 8);
    }),
    { numRuns: 1000 },
  );
});
