import { expect, it } from "vitest";
import { dottedWhere, outlinedWhere } from "./unfinished.ts";

it("draws a line dotted from the last whole point on, and solid where nothing is unfinished", () => {
  const drawn = (isUnfinished: boolean[]) =>
    dottedWhere([5, 6, 7], isUnfinished, 2).map(({ data, lineStyle }) => [lineStyle.type, ...data]);
  expect(drawn([false, false, true])).toEqual([
    ["solid", 5, 6, null],
    ["dotted", null, 6, 7],
  ]);
  expect(drawn([true, true, true])[1]).toEqual(["dotted", 5, 6, 7]);
  expect(drawn([false, false, false])).toEqual([["solid", 5, 6, 7]]);
});

it("has a symbol where the line is dotted to, and none on the whole point before", () => {
  const [, dotted] = dottedWhere([5, 6, 7], [false, false, true], 2);
  const { symbolSize } = dotted as unknown as {
    symbolSize(value: number, at: { dataIndex: number }): number;
  };
  expect([1, 2].map((dataIndex) => symbolSize(0, { dataIndex }))).toEqual([0, 5]);
});

it("draws the bar of an unfinished day with a dotted outline", () => {
  expect(outlinedWhere([5, 1], [false, true], "red")).toEqual([
    5,
    { value: 1, itemStyle: expect.objectContaining({ borderType: "dotted", borderColor: "red" }) },
  ]);
});
