import { baseOption, createChart, currentPalette, dayAxis, tooltip, valueAxis } from "./chart.ts";
import { adRevenue, digitsOf, figureOf, iapRevenue, revenue, textOf } from "./measures.ts";
import { daysText, dayText, shortDayText, weekdayText } from "./names.ts";
import { createPanel } from "./panel.ts";
import { shortMoney } from "./short-numbers.ts";
import type { Day, Summary } from "./summary.ts";

const measures = [iapRevenue, adRevenue, revenue];

/** Revenue by day, IAP and ad revenue stacked. */
export function createRevenueOverTime(chosen: () => string) {
  let days: Day[] = [];
  const chart = createChart();
  const panel = createPanel(
    {
      id: "revenue-over-time",
      title: "Revenue over time",
      chosen,
      csv: () => ({
        head: ["event_date", "iap_revenue", "ad_revenue", "revenue"],
        rows: days.map(({ name, sums }) => [name, ...measures.map((measure) => digitsOf(measure, sums))]),
      }),
      table: () => ({
        head: ["Day", ...measures.map(({ label }) => label)],
        rows: days.map(({ name, sums }) => [
          dayText(name),
          ...measures.map((measure) => textOf(measure, sums)),
        ]),
      }),
    },
    [chart.element],
  );
  return {
    element: panel.element,
    show({ byDay, total }: Summary) {
      days = byDay;
      const sums = `${iapRevenue.text(total)} of in-app purchases and ${adRevenue.text(total)} of advertising`;
      chart.draw(optionOf(days), `Stacked bar chart of revenue over ${daysText(days.length)}: ${sums}`);
      panel.update();
    },
  };
}

function optionOf(days: Day[]) {
  const palette = currentPalette();
  const bar = { type: "bar", stack: "revenue", barMaxWidth: 28, emphasis: { disabled: true } };
  return {
    ...baseOption(palette),
    xAxis: dayAxis(
      palette,
      days.map(({ name }) => shortDayText(name)),
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
