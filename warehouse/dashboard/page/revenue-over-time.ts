import { baseOption, createChart, currentPalette, dayAxis, shortMoney, tooltip, valueAxis } from "./chart.ts";
import { adRevenue, iapRevenue, revenue } from "./measures.ts";
import { toNumber } from "./money.ts";
import { dayText, shortDayText, weekdayText } from "./names.ts";
import { createPanel } from "./panel.ts";
import type { Group, Summary } from "./summary.ts";

const measures = [iapRevenue, adRevenue, revenue];

/** Revenue day by day, IAP and ad on top of each other. */
export function createRevenueOverTime(chosen: () => string) {
  let days: Group[] = [];
  const chart = createChart();
  const panel = createPanel(
    {
      id: "revenue-over-time",
      title: "Revenue over time",
      chosen,
      csv: () => ({
        head: ["event_date", "iap_revenue", "ad_revenue", "revenue"],
        rows: days.map(({ name, sums }) => [name, ...measures.map((measure) => measure.digits(sums))]),
      }),
      table: () => ({
        head: ["Day", ...measures.map(({ label }) => label)],
        rows: days.map(({ name, sums }) => [dayText(name), ...measures.map((measure) => measure.text(sums))]),
      }),
    },
    [chart.element],
  );
  return {
    element: panel.element,
    show({ byDay, total }: Summary) {
      days = byDay;
      const sums = `${iapRevenue.text(total)} of in-app purchases and ${adRevenue.text(total)} of advertising`;
      chart.draw(optionOf(days), `Stacked bar chart of revenue over ${days.length} days: ${sums}`);
      panel.update();
    },
  };
}

function optionOf(days: Group[]) {
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
      { ...bar, name: "IAP", data: days.map(({ sums }) => toNumber(sums.iap)), color: palette.first },
      { ...bar, name: "Ad", data: days.map(({ sums }) => toNumber(sums.ad)), color: palette.second },
    ],
  };
}

function linesOf(day: Group | undefined): string[] {
  if (!day) return [];
  return [
    `${weekdayText(day.name)}: ${revenue.text(day.sums)}`,
    `IAP ${iapRevenue.text(day.sums)}`,
    `Ad ${adRevenue.text(day.sums)}`,
  ];
}
