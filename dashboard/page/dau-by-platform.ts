import { baseOption, createChart, currentPalette, gridOf, tooltip } from "./chart.ts";
import { arpdau, dau, tableMeasures } from "./measures.ts";
import { platformName } from "./names.ts";
import { createPanel } from "./panel.ts";
import type { Group, Summary } from "./summary.ts";

const share = new Intl.NumberFormat("en-US", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** DAU by platform; a click on a platform filters by it, a second click removes the filter. */
export function createDauByPlatform(chosen: () => string, togglePlatform: (platform: string) => void) {
  let platforms: Group[] = [];
  let all = 0;
  const shareOf = ({ sums }: Group) => share.format(all === 0 ? 0 : sums.dau / all);
  const chart = createChart();
  chart.onClick((name) => {
    const clicked = platforms.find((platform) => platformName(platform.name) === name);
    if (clicked) togglePlatform(clicked.name);
  });
  const panel = createPanel(
    {
      id: "dau-by-platform",
      title: "DAU by platform",
      hint: "Click a platform to filter by it.",
      chosen,
      csv: () => ({
        head: ["platform", ...tableMeasures.map(({ key }) => key)],
        rows: platforms.map(({ name, sums }) => [
          name,
          ...tableMeasures.map((measure) => measure.digits(sums)),
        ]),
      }),
      table: () => ({
        head: ["Platform", "Share of DAU", ...tableMeasures.map(({ label }) => label)],
        rows: platforms.map((group) => [
          platformName(group.name),
          shareOf(group),
          ...tableMeasures.map((measure) => measure.text(group.sums)),
        ]),
      }),
    },
    [chart.element],
  );
  return {
    element: panel.element,
    show({ byPlatform, total }: Summary) {
      platforms = byPlatform;
      all = total.dau;
      const described = platforms.map(
        (group) => `${platformName(group.name)} ${dau.text(group.sums)}, ${shareOf(group)}`,
      );
      chart.draw(optionOf(platforms, shareOf), `Bar chart of DAU by platform: ${described.join("; ")}`);
      panel.update();
    },
  };
}

function optionOf(platforms: Group[], shareOf: (group: Group) => string) {
  const palette = currentPalette();
  const at = (index: number) => platforms[index] as Group;
  return {
    ...baseOption(palette),
    legend: { show: false },
    grid: gridOf({ left: 76, right: 130, top: 8, bottom: 8 }),
    xAxis: { type: "value", show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: platforms.map(({ name }) => platformName(name)),
      axisLabel: { color: palette.text, fontSize: 14 },
      axisLine: { show: false },
      axisTick: { show: false },
      triggerEvent: true,
    },
    tooltip: tooltip(palette, "item", ({ dataIndex, name }) => [
      name,
      `DAU ${dau.text(at(dataIndex).sums)}, ${shareOf(at(dataIndex))}`,
      `ARPDAU ${arpdau.text(at(dataIndex).sums)}`,
    ]),
    series: [
      {
        type: "bar",
        barMaxWidth: 56,
        itemStyle: { borderRadius: 4 },
        color: palette.first,
        data: platforms.map(({ name, sums }) => ({ name: platformName(name), value: sums.dau })),
        label: {
          show: true,
          position: "right",
          color: palette.text,
          formatter: ({ dataIndex }: { dataIndex: number }) =>
            `${dau.text(at(dataIndex).sums)} · ${shareOf(at(dataIndex))}`,
        },
      },
    ],
  };
}
