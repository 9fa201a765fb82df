import { Chart } from "../charts/chart.tsx";
import { markOptions } from "../charts/mark-options.ts";
import { baseOption, dayAxis, lonelySymbols, tooltip, valueAxis } from "../charts/options.ts";
import type { Palette } from "../charts/palette.ts";
import { dottedWhere, unfinishedHint, unfinishedNote } from "../charts/unfinished.ts";
import { type Marks, notesOf } from "../figures/marks.ts";
import { dau, digitsOf, figureOf, textOf } from "../figures/measures.ts";
import { dayLabel, daysText, dayText, pointTexts, weekdayText } from "../figures/names.ts";
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
  // The baseline has no days for those that count for nothing.
  const days = [...figures.days, ...figures.uncounted].map(
    (now, at): ComparedDay => ({
      now,
      before: figures.before[at],
      isIncomplete: figures.incomplete.has(now.name),
    }),
  );
  const hasNotes = days.some(({ now }) => notesOf(marks, now.name).length > 0);
  return (
    <Panel
      id="dau-over-time"
      title="DAU over time"
      hint={unfinishedHint(figures.incomplete.size > 0)}
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
        head: ["Day", "DAU", "Compared with", "DAU then", ...(hasNotes ? ["Notes"] : [])],
        rows: days.map(({ now, before, isIncomplete }) => [
          dayLabel(now.name, isIncomplete),
          textOf(dau, now.sums),
          before ? dayText(before.name) : "–",
          textOf(dau, before?.sums),
          ...(hasNotes ? [notesOf(marks, now.name).join("; ")] : []),
        ]),
      })}
    >
      <Chart option={(palette) => optionOf(days, marks, palette)} label={labelOf(figures)} />
    </Panel>
  );
}

function optionOf(days: ComparedDay[], marks: Marks, palette: Palette) {
  const hasBefore = days.some(({ before }) => before);
  const line = { type: "line", emphasis: { disabled: true } };
  const [whole, unfinished] = dottedWhere(
    days.map(({ now }) => figureOf(dau, now.sums)),
    days.map(({ isIncomplete }) => isIncomplete),
    2.5,
  );
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
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => linesOf(days[dataIndex], marks)),
    series: [
      {
        ...line,
        name: "DAU",
        ...whole,
        color: palette.first,
        areaStyle: { opacity: 0.12 },
        z: 3,
        ...markOptions(
          marks,
          days.map(({ now }) => now.name),
          palette,
        ),
      },
      unfinished && { ...line, name: "not over", ...unfinished, color: palette.first },
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

function linesOf(day: ComparedDay | undefined, marks: Marks): string[] {
  if (!day) return [];
  const { now, before, isIncomplete } = day;
  return [
    `${weekdayText(now.name)}: ${textOf(dau, now.sums)}${unfinishedNote(isIncomplete)}`,
    ...(before ? [`${weekdayText(before.name)}: ${textOf(dau, before.sums)}`] : []),
    ...notesOf(marks, now.name),
  ];
}

function labelOf({ days, incomplete }: OverviewFigures): string {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return "DAU over time: no days";
  const highest = days.reduce((a, b) => ((b.sums?.dau ?? 0) > (a.sums?.dau ?? 0) ? b : a));
  const describe = (day: Day) =>
    `${textOf(dau, day.sums)} on ${dayLabel(day.name, incomplete.has(day.name))}`;
  return `Line chart of DAU over ${daysText(days.length)}: ${describe(first)}, ${describe(last)}, at most ${describe(highest)}`;
}
