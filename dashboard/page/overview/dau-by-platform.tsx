import { Chart } from "../charts/chart.tsx";
import { baseOption, gridOf, tooltip } from "../charts/options.ts";
import type { Palette } from "../charts/palette.ts";
import { arpdau, dau, tableMeasures } from "../figures/measures.ts";
import { platformName, shareText } from "../figures/names.ts";
import type { Group } from "../figures/sums.ts";
import { type About, Panel } from "../parts/panel.tsx";
import type { OverviewFigures } from "./overview-figures.ts";

interface DauByPlatformProps {
  figures: OverviewFigures;
  about: About;
  toggle: (platform: string) => void;
}

/** DAU by platform; a click on a platform filters by it, a second click removes the filter. */
export function DauByPlatform({ figures: { platforms, total }, about, toggle }: DauByPlatformProps) {
  const shareOf = ({ sums }: Group) => shareText(total.dau === 0 ? 0 : sums.dau / total.dau);
  const described = platforms.map(
    (group) => `${platformName(group.name)} ${dau.text(group.sums)}, ${shareOf(group)}`,
  );
  return (
    <Panel
      id="dau-by-platform"
      title="DAU by platform"
      hint="Click a platform to filter by it."
      about={about}
      csv={() => ({
        head: ["platform", ...tableMeasures.map(({ key }) => key)],
        rows: platforms.map(({ name, sums }) => [
          name,
          ...tableMeasures.map((measure) => measure.digits(sums)),
        ]),
      })}
      table={() => ({
        head: ["Platform", "Share of DAU", ...tableMeasures.map(({ label }) => label)],
        rows: platforms.map((group) => [
          platformName(group.name),
          shareOf(group),
          ...tableMeasures.map((measure) => measure.text(group.sums)),
        ]),
      })}
    >
      <Chart
        option={(palette) => optionOf(platforms, shareOf, palette)}
        label={`Bar chart of DAU by platform: ${described.join("; ")}`}
        onClick={(name) => {
          const clicked = platforms.find((platform) => platformName(platform.name) === name);
          if (clicked) toggle(clicked.name);
        }}
      />
    </Panel>
  );
}

function optionOf(platforms: Group[], shareOf: (group: Group) => string, palette: Palette) {
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
