import { Chart } from "../charts/chart.tsx";
import { baseOption, dayAxis, tooltip, valueAxis } from "../charts/options.ts";
import type { Palette } from "../charts/palette.ts";
import { outlinedWhere, unfinishedHint, unfinishedNote } from "../charts/unfinished.ts";
import {
  adRevenue,
  digitsOf,
  figureOf,
  iapRevenue,
  type Measure,
  revenue,
  textOf,
} from "../figures/measures.ts";
import { dayLabel, daysText, pointTexts, weekdayText } from "../figures/names.ts";
import { shortMoney } from "../figures/short-numbers.ts";
import type { Day } from "../figures/sums.ts";
import { type About, Panel } from "../parts/panel.tsx";
import type { OverviewFigures } from "./overview-figures.ts";

const measures = [iapRevenue, adRevenue, revenue];

/** Revenue by day, IAP and ad revenue stacked. */
export function RevenueOverTime({
  figures: { days: counted, uncounted, incomplete, total },
  about,
}: {
  figures: OverviewFigures;
  about: About;
}) {
  const days = [...counted, ...uncounted];
  const isIncomplete = ({ name }: Day) => incomplete.has(name);
  const sums = `${iapRevenue.text(total)} of in-app purchases and ${adRevenue.text(total)} of advertising`;
  return (
    <Panel
      id="revenue-over-time"
      title="Revenue over time"
      hint={unfinishedHint(incomplete.size > 0)}
      about={about}
      csv={() => ({
        head: ["event_date", "iap_revenue", "ad_revenue", "revenue", "is_over"],
        rows: days.map((day) => [
          day.name,
          ...measures.map((measure) => digitsOf(measure, day.sums)),
          String(!isIncomplete(day)),
        ]),
      })}
      table={() => ({
        head: ["Day", ...measures.map(({ label }) => label)],
        rows: days.map((day) => [
          dayLabel(day.name, isIncomplete(day)),
          ...measures.map((measure) => textOf(measure, day.sums)),
        ]),
      })}
    >
      <Chart
        option={(palette) => optionOf(days, days.map(isIncomplete), palette)}
        label={`Stacked bar chart of revenue over ${daysText(counted.length)}: ${sums}`}
      />
    </Panel>
  );
}

function optionOf(days: Day[], isIncomplete: boolean[], palette: Palette) {
  const barsOf = (measure: Measure, color: string) => ({
    data: outlinedWhere(
      days.map(({ sums }) => figureOf(measure, sums)),
      isIncomplete,
      color,
    ),
    color,
  });
  const bar = { type: "bar", stack: "revenue", barMaxWidth: 28, emphasis: { disabled: true } };
  return {
    ...baseOption(palette),
    xAxis: dayAxis(
      palette,
      pointTexts(
        days.map(({ name }) => name),
        "day",
      ),
    ),
    yAxis: valueAxis(palette, shortMoney),
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => linesOf(days[dataIndex], isIncomplete[dataIndex])),
    series: [
      { ...bar, name: "IAP", ...barsOf(iapRevenue, palette.first) },
      { ...bar, name: "Ad", ...barsOf(adRevenue, palette.second) },
    ],
  };
}

function linesOf(day: Day | undefined, isIncomplete = false): string[] {
  if (!day) return [];
  return [
    `${weekdayText(day.name)}: ${textOf(revenue, day.sums)}${unfinishedNote(isIncomplete)}`,
    `IAP ${textOf(iapRevenue, day.sums)}`,
    `Ad ${textOf(adRevenue, day.sums)}`,
  ];
}
