import { markedLabel } from "../figures/names.ts";
import { type About, Panel } from "../parts/panel.tsx";
import { Chart } from "./chart.tsx";
import { baseOption, dayAxis, gridOf, tooltip, valueAxis } from "./options.ts";
import type { Palette } from "./palette.ts";
import { dottedWhere, unfinishedHint, unfinishedNote } from "./unfinished.ts";

export interface NamedLine {
  name: string;
  /** Null where there is none. */
  values: (number | null)[];
}

interface LinePanelProps {
  id: string;
  title: string;
  hint: string;
  /** Names of the points. */
  points: string[];
  /** What the points are. */
  pointName: string;
  lines: NamedLine[];
  text: (value: number | null) => string;
  axisText: (value: number) => string;
  /** Which points are days that are not over: they are dotted and marked. */
  isIncomplete?: boolean[];
  /** In the tooltip, below the figures. */
  note?: (at: number) => string;
  about: About;
}

/** Named lines over the same points, such as days. */
export function LinePanel(props: LinePanelProps) {
  const { id, title, points, pointName, lines, text, about, isIncomplete = [] } = props;
  const hint = [props.hint, unfinishedHint(isIncomplete.includes(true))].filter(Boolean).join(" ");
  const rows = (write: (value: number | null) => string) =>
    points.map((point, at) => [
      markedLabel(point, isIncomplete[at]),
      ...lines.map(({ values }) => write(values[at] ?? null)),
    ]);
  const head = [pointName, ...lines.map(({ name }) => name)];
  return (
    <Panel
      id={id}
      title={title}
      hint={hint}
      about={about}
      csv={() => ({ head, rows: rows((value) => String(value ?? "")) })}
      table={() => ({ head, rows: rows(text) })}
    >
      <Chart
        option={(palette) => optionOf(props, palette)}
        label={`Line chart by ${pointName}: ${lines.map(({ name }) => name).join(", ")}`}
      />
    </Panel>
  );
}

function optionOf(
  { points, lines, text, axisText, note, isIncomplete = [] }: LinePanelProps,
  palette: Palette,
) {
  return {
    ...baseOption(palette),
    // Below two lines of names.
    grid: gridOf({ left: 54, right: 24, top: 56, bottom: 24 }),
    xAxis: dayAxis(palette, points),
    yAxis: valueAxis(palette, axisText),
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => [
      `${points[dataIndex] ?? ""}${unfinishedNote(isIncomplete[dataIndex])}`,
      ...lines.map(({ name, values }) => `${name} ${text(values[dataIndex] ?? null)}`),
      ...(note ? [note(dataIndex)] : []),
    ]),
    series: lines.flatMap(({ name, values }, at) =>
      dottedWhere(values, isIncomplete, 2).map((line) => ({
        type: "line",
        name,
        ...line,
        color: palette.lines[at % palette.lines.length],
        emphasis: { disabled: true },
      })),
    ),
  };
}
