import { Chart } from "../charts/chart.tsx";
import { markOptions } from "../charts/mark-options.ts";
import { baseOption, dayAxis, lonelySymbols, tooltip, valueAxis } from "../charts/options.ts";
import type { Palette } from "../charts/palette.ts";
import type { Marks } from "../figures/marks.ts";
import { dau, digitsOf, figureOf, textOf } from "../figures/measures.ts";
import { daysText, dayText, pointTexts, weekdayText } from "../figures/names.ts";
import { shortNumber } from "../figures/short-numbers.ts";
import type { Day } from "../figures/sums.ts";
import { type About, Panel } from "../parts/panel.tsx";
import type { OverviewFigures } from "./overview-figures.ts";

interface ComparedDay {
  now: Day;
  /** The day of the baseline that it is compared with. */
  before: Day | undefined;
  isIncomplete: boolean;
}

/** DAU by day, with the baseline behind it. */
export function DauOverTime({
  figures,
  about,
  marks,
}: {
  figures: OverviewFigures;
  about: About;
  marks: Marks;
}) {
  const days: ComparedDay[] = [
    ...figures.days.map((now, at) => ({ now, before: figures.before[at], isIncomplete: false })),
    ...figures.incomplete.map((now) => ({ now, before: undefined, isIncomplete: true })),
  ];
  return (
    <Panel
      id="dau-over-time"
      title="DAU over time"
      hint={figures.incomplete.length > 0 ? "Days that are not over are dotted." : undefined}
      about={about}
      csv={() => ({
        head: ["event_date", "dau", "event_date_before", "dau_before", "is_over"],
        rows: days.map(({ now, before, isIncomplete }) => [
          now.name,
          digitsOf(dau, now.sums),
          before?.name ?? "",
          digitsOf(dau, before?.sums),
          String(!isIncomplete),
        ]),
      })}
      table={() => ({
        head: ["Day", "DAU", "Compared with", "DAU then"],
        rows: days.map(({ now, before, isIncomplete }) => [
          `${dayText(now.name)}${isIncomplete ? " (not over)" : ""}`,
          textOf(dau, now.sums),
          before ? dayText(before.name) : "–",
          textOf(dau, before?.sums),
        ]),
      })}
    >
      <Chart option={(palette) => optionOf(days, marks, palette)} label={labelOf(figures.days)} />
    </Panel>
  );
}

function optionOf(days: ComparedDay[], marks: Marks, palette: Palette) {
  const hasBefore = days.some(({ before }) => before);
  const firstIncomplete = days.findIndex(({ isIncomplete }) => isIncomplete);
  const line = { type: "line", emphasis: { disabled: true } };
  const values = days.map(({ now }) => figureOf(dau, now.sums));
  const whole = values.map((value, at) => (firstIncomplete >= 0 && at >= firstIncomplete ? null : value));
  return {
    ...baseOption(palette),
    xAxis: dayAxis(
      palette,
      pointTexts(
        days.map(({ now }) => now.name),
        "day",
      ),
    ),
    // No tick between whole numbers: DAU is a count.
    yAxis: { ...valueAxis(palette, shortNumber), minInterval: 1 },
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => linesOf(days[dataIndex])),
    series: [
      {
        ...line,
        name: "DAU",
        data: whole,
        ...lonelySymbols(whole),
        color: palette.first,
        lineStyle: { width: 2.5 },
        areaStyle: { opacity: 0.12 },
        z: 3,
        ...markOptions(
          marks,
          days.map(({ now }) => now.name),
          palette,
        ),
      },
      firstIncomplete >= 0 && {
        ...line,
        name: "not over",
        symbolSize: 5,
        // From the last whole day on, so that the lines meet.
        data: values.map((value, at) => (at >= firstIncomplete - 1 ? value : null)),
        color: palette.first,
        lineStyle: { width: 2, type: "dotted" },
      },
      hasBefore && {
        ...line,
        name: "compared with",
        data: days.map(({ before }) => figureOf(dau, before?.sums)),
        ...lonelySymbols(days.map(({ before }) => figureOf(dau, before?.sums))),
        color: palette.muted,
        lineStyle: { width: 1.5, type: "dashed" },
      },
    ].filter(Boolean),
  };
}

function linesOf(day: ComparedDay | undefined): string[] {
  if (!day) return [];
  const { now, before, isIncomplete } = day;
  return [
    `${weekdayText(now.name)}: ${textOf(dau, now.sums)}${isIncomplete ? ", not over" : ""}`,
    ...(before ? [`${weekdayText(before.name)}: ${textOf(dau, before.sums)}`] : []),
  ];
}

function labelOf(days: Day[]): string {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return "DAU over time: no days";
  const highest = days.reduce((a, b) => ((b.sums?.dau ?? 0) > (a.sums?.dau ?? 0) ? b : a));
  const describe = ({ name, sums }: Day) => `${textOf(dau, sums)} on ${dayText(name)}`;
  return `Line chart of DAU over ${daysText(days.length)}: ${describe(first)}, ${describe(last)}, at most ${describe(highest)}`;
}
