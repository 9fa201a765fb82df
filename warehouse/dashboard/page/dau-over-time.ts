import {
  baseOption,
  createChart,
  currentPalette,
  dayAxis,
  shortNumber,
  tooltip,
  valueAxis,
} from "./chart.ts";
import { dau } from "./measures.ts";
import { dayText, shortDayText, weekdayText } from "./names.ts";
import { createPanel } from "./panel.ts";
import type { Group, Summary } from "./summary.ts";

const series = { now: "DAU", before: "the period before" };

/** DAU day by day, and behind it the period before. */
export function createDauOverTime(chosen: () => string) {
  let days: Day[] = [];
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
          String(now.sums.dau),
          before?.name ?? "",
          before ? String(before.sums.dau) : "",
        ]),
      }),
      table: () => ({
        head: ["Day", "DAU", "Day of the period before", "DAU"],
        rows: days.map(({ now, before }) => [
          dayText(now.name),
          dau.text(now.sums),
          before ? dayText(before.name) : "–",
          before ? dau.text(before.sums) : "–",
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

interface Day {
  now: Group;
  /** As far into the period before as `now` is into its own. */
  before: Group | undefined;
}

function optionOf(days: Day[]) {
  const palette = currentPalette();
  const hasBefore = days.some(({ before }) => before);
  const line = { type: "line", showSymbol: days.length < 2, symbolSize: 6, emphasis: { disabled: true } };
  return {
    ...baseOption(palette),
    xAxis: dayAxis(
      palette,
      days.map(({ now }) => shortDayText(now.name)),
    ),
    yAxis: valueAxis(palette, shortNumber),
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => linesOf(days[dataIndex])),
    series: [
      {
        ...line,
        name: series.now,
        data: days.map(({ now }) => now.sums.dau),
        color: palette.first,
        lineStyle: { width: 2.5 },
        areaStyle: { opacity: 0.12 },
        z: 3,
      },
      hasBefore && {
        ...line,
        name: series.before,
        data: days.map(({ before }) => before?.sums.dau ?? null),
        color: palette.muted,
        lineStyle: { width: 1.5, type: "dashed" },
      },
    ].filter(Boolean),
  };
}

function linesOf(day: Day | undefined): string[] {
  if (!day) return [];
  const { now, before } = day;
  return [
    `${weekdayText(now.name)}: ${dau.text(now.sums)}`,
    ...(before ? [`${weekdayText(before.name)}: ${dau.text(before.sums)}`] : []),
  ];
}

function labelOf(byDay: Group[]): string {
  const [first, last] = [byDay[0], byDay.at(-1)];
  if (!first || !last) return "DAU over time: no days";
  const most = byDay.reduce((a, b) => (b.sums.dau > a.sums.dau ? b : a));
  return (
    `Line chart of DAU over ${byDay.length} days: ${dau.text(first.sums)} on ${dayText(first.name)}, ` +
    `${dau.text(last.sums)} on ${dayText(last.name)}, at most ${dau.text(most.sums)} on ${dayText(most.name)}`
  );
}
