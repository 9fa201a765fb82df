import { Chart } from "../charts/chart.tsx";
import { baseOption, dayAxis, tooltip, valueAxis } from "../charts/options.ts";
import type { Palette } from "../charts/palette.ts";
import { dottedWhere, outlinedWhere, unfinishedHint, unfinishedNote } from "../charts/unfinished.ts";
import { dayLabel, daysText, pointTexts, weekdayText } from "../figures/names.ts";
import { shortNumber } from "../figures/short-numbers.ts";
import { type About, Panel } from "../parts/panel.tsx";
import type { PeopleDay } from "./people-figures.ts";
import {
  missingDays,
  type PeopleMeasure,
  peopleDigits,
  peopleTextWithMissing,
  peopleValue,
} from "./people-measures.ts";

interface PeopleChartProps {
  id: string;
  title: string;
  hint?: string;
  days: PeopleDay[];
  measures: PeopleMeasure[];
  /** Bars on each other add up; lines don't. */
  kind: "lines" | "stacked bars";
  about: About;
}

/** Numbers of distinct users over days. */
export function PeopleChart({ id, title, hint, days, measures, kind, about }: PeopleChartProps) {
  const last = days.at(-1);
  const latest = measures.map(
    (measure) => `${measure.label} ${last ? peopleTextWithMissing(measure, last) : ""}`,
  );
  const lacking = measures.filter((measure) => days.some((day) => missingDays(measure, day) > 0));
  return (
    <Panel
      id={id}
      title={title}
      hint={[hint, dottedHint(days, lacking.length > 0)].filter(Boolean).join(" ")}
      about={about}
      csv={() => ({
        head: [
          "event_date",
          ...measures.map(({ key }) => key),
          "is_over",
          ...lacking.map(({ key }) => `${key}_missing_days`),
        ],
        rows: days.map((day) => [
          day.name,
          ...measures.map((measure) => peopleDigits(measure, day)),
          String(!day.isIncomplete),
          ...lacking.map((measure) => String(missingDays(measure, day))),
        ]),
      })}
      table={() => ({
        head: ["Day", ...measures.map(({ label }) => label)],
        rows: days.map((day) => [
          dayLabel(day.name, day.isIncomplete),
          ...measures.map((measure) => peopleTextWithMissing(measure, day)),
        ]),
      })}
    >
      <Chart
        option={(palette) => optionOf(days, measures, kind, palette)}
        label={`${kind === "lines" ? "Line chart" : "Stacked bar chart"} over ${daysText(days.length)}; on the last day${last?.isIncomplete ? ", which is not over" : ""}: ${latest.join(", ")}`}
      />
    </Panel>
  );
}

const dottedHint = (days: PeopleDay[], isLacking: boolean): string | undefined =>
  isLacking
    ? "What is dotted is not whole: days are missing or not over."
    : unfinishedHint(days.some(({ isIncomplete }) => isIncomplete));

function optionOf(
  days: PeopleDay[],
  measures: PeopleMeasure[],
  kind: PeopleChartProps["kind"],
  palette: Palette,
) {
  const names = days.map(({ name }) => name);
  const format = measures[0]?.isShare ? (value: number) => `${Math.round(100 * value)}%` : shortNumber;
  return {
    ...baseOption(palette),
    xAxis: dayAxis(palette, pointTexts(names, "day")),
    yAxis: valueAxis(palette, format),
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => {
      const day = days[dataIndex];
      if (!day) return [];
      return [
        `${weekdayText(day.name)}${unfinishedNote(day.isIncomplete)}`,
        ...measures.map((measure) => `${measure.label} ${peopleTextWithMissing(measure, day)}`),
      ];
    }),
    series: measures.flatMap((measure, at): object[] => {
      const values = days.map((day) => peopleValue(measure, day));
      const isPartial = days.map((day) => day.isIncomplete || missingDays(measure, day) > 0);
      const color = palette.lines[at] as string;
      const shared = { name: measure.label, color, emphasis: { disabled: true } };
      if (kind === "lines")
        return dottedWhere(values, isPartial, 2).map((line) => ({ ...shared, type: "line", ...line }));
      const data = outlinedWhere(values, isPartial, color);
      return [{ ...shared, type: "bar", data, stack: "users", barMaxWidth: 28 }];
    }),
  };
}
