import { markOptions } from "../charts/mark-options.ts";
import { baseOption, dayAxis, gridOf, lonelySymbols, tooltip, valueAxis } from "../charts/options.ts";
import type { Palette } from "../charts/palette.ts";
import { dottedWhere } from "../charts/unfinished.ts";
import { type Marks, notesOf } from "../figures/marks.ts";
import { figureOf, textOf } from "../figures/measures.ts";
import { dayText, pointTexts, rangeText } from "../figures/names.ts";
import { shortNumber } from "../figures/short-numbers.ts";
import { daysComparedText, type ExploreFigures } from "./explore-figures.ts";

/** The chart of a measure: a line each, the baseline dashed, points that are not whole dotted. */
export function exploreOption(figures: ExploreFigures, names: string[], marks: Marks, palette: Palette) {
  const { measure, points, lines, before, grain, partial } = figures;
  // What is unusual is so of the whole, which has no line where it is split.
  const shownMarks = lines[0]?.name === undefined ? marks : { ...marks, unusual: [] };
  const colourOf = (at: number) => palette.lines[at % palette.lines.length] as string;
  return {
    ...baseOption(palette),
    grid: gridOf({ left: 64, right: 20, top: 40, bottom: 28 }),
    xAxis: dayAxis(palette, pointTexts(points, grain)),
    yAxis: { ...valueAxis(palette, measure.isShare ? percent : shortNumber), scale: !measure.isSum },
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => {
      const name = points[dataIndex] ?? "";
      return [
        `${grain === "day" ? "" : `${grain} from `}${dayText(name)}${partial.has(name) ? ", not whole" : ""}`,
        ...lines.map((line, at) => `${names[at]}: ${textOf(measure, line.points[dataIndex]?.sums)}`),
        ...(before[dataIndex] ? [comparedText(figures, dataIndex)] : []),
        ...(grain === "day" ? notesOf(marks, name) : []),
      ];
    }),
    series: [
      ...lines.flatMap(({ points: days }, at) =>
        dottedWhere(
          days.map(({ sums }) => figureOf(measure, sums)),
          days.map(({ name }) => partial.has(name)),
          2,
        ).map((line) => ({
          type: "line",
          name: names[at],
          ...line,
          color: colourOf(at),
          emphasis: { disabled: true },
          ...(at === 0 && line.lineStyle.type === "solid" && grain === "day"
            ? markOptions(shownMarks, points, palette)
            : {}),
        })),
      ),
      ...(before.length > 0
        ? [
            {
              type: "line",
              name: "compared with",
              data: points.map((_, at) => figureOf(measure, before[at]?.sums)),
              color: palette.muted,
              ...lonelySymbols(points.map((_, at) => figureOf(measure, before[at]?.sums))),
              emphasis: { disabled: true },
              lineStyle: { width: 1.5, type: "dashed" },
            },
          ]
        : []),
    ],
  };
}

/** `Compared with 12 Oct 2026 to 18 Oct 2026, 6 days: 35,367` where the point itself has 7. */
function comparedText({ measure, before, lines }: ExploreFigures, at: number): string {
  const point = before[at];
  if (!point) return "";
  const days = daysComparedText(point.sums, lines[0]?.points[at]?.sums);
  return `Compared with ${rangeText(point.name, point.last)}${days && `, ${days}`}: ${textOf(measure, point.sums)}`;
}

const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;
