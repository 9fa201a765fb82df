import { baseOption, createChart, currentPalette, dayAxis, tooltip, valueAxis } from "./chart.ts";
import { dau, digitsOf, figureOf, textOf } from "./measures.ts";
import { daysText, dayText, shortDayText, weekdayText } from "./names.ts";
import { createPanel } from "./panel.ts";
import { shortNumber } from "./short-numbers.ts";
import type { Day, Summary } from "./summary.ts";

const series = { now: "DAU", before: "the period before" };

/** DAU by day, with the previous period behind it. */
export function createDauOverTime(chosen: () => string) {
  let days: ComparedDay[] = [];
  const chart = createChart();
  const panel = createPanel(
    {
      id: "dau-over-time",
      title: "DAU over time",
      chosen,
      csv: () => ({
        head: ["event_date", "dau", "event_date_before", "dau_before"],
        rows: days.map(({ now, before }) => [
          now.name,
          digitsOf(dau, now.sums),
          before?.name ?? "",
          digitsOf(dau, before?.sums),
        ]),
      }),
      table: () => ({
        head: ["Day", "DAU", "Day of the period before", "DAU"],
        rows: days.map(({ now, before }) => [
          dayText(now.name),
          textOf(dau, now.sums),
          before ? dayText(before.name) : "–",
          textOf(dau, before?.sums),
        ]),
      }),
    },
    [chart.element],
  );
  return {
    element: panel.element,
    show({ byDay, byDayBefore }: Summary) {
      days = byDay.map((now, at) => ({ now, before: byDayBefore[at] }));
      chart.draw(optionOf(days), labelOf(byDay));
      panel.update();
    },
  };
}

interface ComparedDay {
  now: Day;
  /** The day at the same position of the previous period. */
  before: Day | undefined;
}

function optionOf(days: ComparedDay[]) {
  const palette = currentPalette();
  const hasBefore = days.some(({ before }) => before);
  const line = { type: "line", showSymbol: days.length < 2, symbolSize: 6, emphasis: { disabled: true } };
  return {
    ...baseOption(palette),
    xAxis: dayAxis(
      palette,
      days.map(({ now }) => shortDayText(now.name)),
    ),
    // No tick between whole numbers: DAU is a count.
    yAxis: { ...valueAxis(palette, shortNumber), minInterval: 1 },
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => linesOf(days[dataIndex])),
    series: [
      {
        ...line,
        name: series.now,
        data: days.map(({ now }) => figureOf(dau, now.sums)),
        color: palette.first,
        lineStyle: { width: 2.5 },
        areaStyle: { opacity: 0.12 },
        z: 3,
      },
      hasBefore && {
        ...line,
        name: series.before,
        data: days.map(({ before }) => figureOf(dau, before?.sums)),
        color: palette.muted,
        lineStyle: { width: 1.5, type: "dashed" },
      },
    ].filter(Boolean),
  };
}

function linesOf(day: ComparedDay | undefined): string[] {
  if (!day) return [];
  const { now, before } = day;
  return [
    `${weekdayText(now.name)}: ${textOf(dau, now.sums)}`,
    ...(before ? [`${weekdayText(before.name)}: ${textOf(dau, before.sums)}`] : []),
  ];
}

function labelOf(byDay: Day[]): string {
  const [first, last] = [byDay[0], byDay.at(-1)];
  if (!first || !last) return "DAU over time: no days";
  const highest = byDay.reduce((a, b) => ((b.sums?.dau ?? 0) > (a.sums?.dau ?? 0) ? b : a));
  const describe = ({ name, sums }: Day) => `${textOf(dau, sums)} on ${dayText(name)}`;
  return `Line chart of DAU over ${daysText(byDay.length)}: ${describe(first)}, ${describe(last)}, at most ${describe(highest)}`;
}
