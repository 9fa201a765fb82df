import { Chart } from "../charts/chart.tsx";
import { baseOption, dayAxis, tooltip, valueAxis } from "../charts/options.ts";
import type { Palette } from "../charts/palette.ts";
import { adRevenue, digitsOf, figureOf, iapRevenue, revenue, textOf } from "../figures/measures.ts";
import { daysText, dayText, pointTexts, weekdayText } from "../figures/names.ts";
import { shortMoney } from "../figures/short-numbers.ts";
import type { Day } from "../figures/sums.ts";
import { type About, Panel } from "../parts/panel.tsx";
import type { OverviewFigures } from "./overview-figures.ts";

const measures = [iapRevenue, adRevenue, revenue];

/** Revenue by day, IAP and ad revenue stacked. */
export function RevenueOverTime({
  figures: { days, total },
  about,
}: {
  figures: OverviewFigures;
  about: About;
}) {
  const sums = `${iapRevenue.text(total)} of in-app purchases and ${adRevenue.text(total)} of advertising`;
  return (
    <Panel
      id="revenue-over-time"
      title="Revenue over time"
      about={about}
      csv={() => ({
        head: ["event_date", "iap_revenue", "ad_revenue", "revenue"],
        rows: days.map((day) => [day.name, ...measures.map((measure) => digitsOf(measure, day.sums))]),
      })}
      table={() => ({
        head: ["Day", ...measures.map(({ label }) => label)],
        rows: days.map((day) => [dayText(day.name), ...measures.map((measure) => textOf(measure, day.sums))]),
      })}
    >
      <Chart
        option={(palette) => optionOf(days, palette)}
        label={`Stacked bar chart of revenue over ${daysText(days.length)}: ${sums}`}
      />
    </Panel>
  );
}

function optionOf(days: Day[], palette: Palette) {
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
    tooltip: tooltip(palette, "axis", ({ dataIndex }) => linesOf(days[dataIndex])),
    series: [
      { ...bar, name: "IAP", data: days.map(({ sums }) => figureOf(iapRevenue, sums)), color: palette.first },
      { ...bar, name: "Ad", data: days.map(({ sums }) => figureOf(adRevenue, sums)), color: palette.second },
    ],
  };
}

function linesOf(day: Day | undefined): string[] {
  if (!day) return [];
  return [
    `${weekdayText(day.name)}: ${textOf(revenue, day.sums)}`,
    `IAP ${textOf(iapRevenue, day.sums)}`,
    `Ad ${textOf(adRevenue, day.sums)}`,
  ];
}
