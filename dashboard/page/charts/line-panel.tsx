import { type About, Panel } from "../parts/panel.tsx";
import { Chart } from "./chart.tsx";
import { baseOption, dayAxis, gridOf, tooltip, valueAxis } from "./options.ts";
import type { Palette } from "./palette.ts";
import type { Point } from "./points.ts";
import { dottedWhere, unfinishedHint, unfinishedNote } from "./unfinished.ts";

export interface NamedLine {
  name: string;
  /** Its column of the CSV. */
  key: string;
  /** Null where there is none. */
  values: (number | null)[];
}

interface LinePanelProps {
  id: string;
  title: string;
  hint: string;
  points: Point[];
  /** What the points are. */
  pointName: string;
  /** Their column of the CSV. */
  pointKey: string;
  lines: NamedLine[];
  text: (value: number | null) => string;
  axisText: (value: number) => string;
  /** In the tooltip, below the figures. */
  note?: (at: number) => string;
  about: About;
}

/** Named lines over the same points, such as days. */
export function LinePanel(props: LinePanelProps) {
  const { id, title, points, pointName, pointKey, lines, text, about } = props;
  const hasIncomplete = points.some(({ isIncomplete }) => isIncomplete);
  const hint = [props.hint, unfinishedHint(hasIncomplete)].filter(Boolean).join(" ");
  const areDays = points.some(({ isIncomplete }) => isIncomplete !== undefined);
  return (
    <Panel
      id={id}
      title={title}
      hint={hint}
      about={about}
      csv={() => ({
        head: [pointKey, ...lines.map(({ key }) => key), ...(areDays ? ["is_over"] : [])],
        rows: points.map(({ key, isIncomplete }, at) => [
          key,
          ...lines.map(({ values }) => String(values[at] ?? "")),
          ...(areDays ? [String(!isIncomplete)] : []),
        ]),
      })}
      table={() => ({
        head: [pointName, ...lines.map(({ name }) => name)],
        rows: points.map(({ name }, at) => [name, ...lines.map(({ values }) => text(values[at] ?? null))]),
      })}
    >
      <Chart
        option={(palette) => optionOf(props, palette)}
        label={`Line chart by ${pointName}: ${lines.map(({ name }) => name).join(", ")}`}
      />
    </Panel>
  );
}

function optionOf({ points, lines, text, axisText, note }: LinePanelProps, palette: Palette) {
  const isUnfinished = points.map(({ isIncomplete = false }) => isIncomplete);
  return {
    ...baseOption(palette),
    // Below two lines of names.
    grid: gridOf({ left: 54, right: 24, top: 56, bottom: 24 }),
    xAxis: dayAxis(
      palette,
      points.map(({ label }) => label),
    ),
    yAxis: valueAxis(palette, axisText),
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => [
      `${points[dataIndex]?.label ?? ""}${unfinishedNote(isUnfinished[dataIndex])}`,
      ...lines.map(({ name, values }) => `${name} ${text(values[dataIndex] ?? null)}`),
      ...(note ? [note(dataIndex)] : []),
    ]),
    series: lines.flatMap(({ name, values }, at) =>
      dottedWhere(values, isUnfinished, 2).map((line) => ({
        type: "line",
        name,
        ...line,
        color: palette.lines[at % palette.lines.length],
        emphasis: { disabled: true },
      })),
    ),
  };
}
