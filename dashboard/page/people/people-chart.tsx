import { Chart } from "../charts/chart.tsx";
import { baseOption, dayAxis, lonelySymbols, tooltip, valueAxis } from "../charts/options.ts";
import type { Palette } from "../charts/palette.ts";
import { daysText, dayText, pointTexts, weekdayText } from "../figures/names.ts";
import { shortNumber } from "../figures/short-numbers.ts";
import { type About, Panel } from "../parts/panel.tsx";
import type { PeopleDay } from "./people-figures.ts";
import { type PeopleMeasure, peopleDigits, peopleText, peopleValue } from "./people-measures.ts";

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
  const latest = measures.map((measure) => `${measure.label} ${last ? peopleText(measure, last) : ""}`);
  return (
    <Panel
      id={id}
      title={title}
      hint={hint}
      about={about}
      csv={() => ({
        head: ["event_date", ...measures.map(({ key }) => key)],
        rows: days.map((day) => [day.name, ...measures.map((measure) => peopleDigits(measure, day))]),
      })}
      table={() => ({
        head: ["Day", ...measures.map(({ label }) => label)],
        rows: days.map((day) => [dayText(day.name), ...measures.map((measure) => peopleText(measure, day))]),
      })}
    >
      <Chart
        option={(palette) => optionOf(days, measures, kind, palette)}
        label={`${kind === "lines" ? "Line chart" : "Stacked bar chart"} over ${daysText(days.length)}; on the last day: ${latest.join(", ")}`}
      />
    </Panel>
  );
}

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
        weekdayText(day.name),
        ...measures.map((measure) => `${measure.label} ${peopleText(measure, day)}`),
      ];
    }),
    series: measures.map((measure, at) => {
      const data = days.map((day) => peopleValue(measure, day));
      const shared = { name: measure.label, data, color: palette.lines[at], emphasis: { disabled: true } };
      return kind === "lines"
        ? { ...shared, type: "line", ...lonelySymbols(data), lineStyle: { width: 2 } }
        : { ...shared, type: "bar", stack: "users", barMaxWidth: 28 };
    }),
  };
}
