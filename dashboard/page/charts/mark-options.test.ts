import { describe, expect, it } from "vitest";
import { type Annotation, type Marks, marksOf, type UnusualDay } from "../figures/marks.ts";
import { markOptions } from "./mark-options.ts";
import type { Palette } from "./palette.ts";

const unusual = (some: Partial<UnusualDay>): UnusualDay => ({
  ...{ day: "2026-03-02", scope: "all", name: "all", metric: "dau", value: 5, usual: 9 },
  ...{ low: 8, high: 10, score: -9, dau: 5 },
  ...some,
});
const note = (id: string, some: Partial<Annotation> = {}): Annotation => ({
  ...{ id, day: "2026-03-02", text: id, metric: null, country: null },
  ...some,
});

describe("the marks of a chart", () => {
  const marks: Marks = {
    unusual: [
      unusual({}),
      unusual({ metric: "iap" }),
      unusual({ scope: "platform", name: "IOS" }),
      unusual({ scope: "country", name: "TR" }),
    ],
    annotations: [note("all"), note("revenue", { metric: "iap" }), note("Turkish", { country: "TR" })],
  };
  const shown = (platform: string | undefined, countries: string[]) => {
    const { unusual: days, annotations } = marksOf(marks, "dau", { platform, countries });
    return [days.map(({ name }) => name), annotations.map(({ id }) => id)];
  };

  it("are of its metric and of what is selected", () => {
    expect(shown(undefined, [])).toEqual([["all"], ["all", "Turkish"]]);
    expect(shown("IOS", [])).toEqual([["IOS"], ["all", "Turkish"]]);
    expect(shown(undefined, ["TR"])).toEqual([["TR"], ["all", "Turkish"]]);
    expect(shown(undefined, ["DE"])).toEqual([[], ["all"]]);
  });

  it("are a ring at the value of an unusual day, and a line with the text of a note, on the days that are drawn", () => {
    const palette = { bad: "red", muted: "grey", text: "black" } as Palette;
    const { markPoint, markLine } = markOptions(
      {
        unusual: [unusual({}), unusual({ day: "2026-02-01" })],
        annotations: [note("A release with a very long name"), note("too early", { day: "2026-02-01" })],
      },
      ["2026-03-01", "2026-03-02"],
      palette,
    );
    expect(markPoint.data).toEqual([{ name: "Mon 2 Mar: DAU in all 5, usually 9", xAxis: 1, yAxis: 5 }]);
    expect(markLine.data).toEqual([{ name: "A release with a very long name", xAxis: 1 }]);
    expect(markLine.label.formatter({ name: "A release with a very long name" })).toBe(
      "A release with a very l…",
    );
  });
});
