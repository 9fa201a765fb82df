import { Chart } from "../charts/chart.tsx";
import { baseOption, gridOf, tooltip, valueAxis } from "../charts/options.ts";
import type { Palette } from "../charts/palette.ts";
import { dau, errorsPerDau, matchesPerDau } from "../figures/measures.ts";
import { countryName } from "../figures/names.ts";
import type { Group } from "../figures/sums.ts";
import { type About, Panel } from "../parts/panel.tsx";
import { byErrors } from "./by-errors.ts";
import type { OverviewFigures } from "./overview-figures.ts";

const measures = [dau, matchesPerDau, errorsPerDau];
const labelled = 5;

interface ErrorsByMatchesProps {
  figures: OverviewFigures;
  chosen: string[];
  about: About;
  toggle: (country: string) => void;
}

/** Server errors relative to matches, one dot per country, sized by DAU: do more matches explain more errors? */
export function ErrorsByMatches({ figures, chosen, about, toggle }: ErrorsByMatchesProps) {
  const countries = figures.countries.toSorted((a, b) => b.sums.dau - a.sums.dau);
  return (
    <Panel
      id="errors-by-matches"
      title="Server errors against matches, by country"
      hint="Each dot is a country, sized by its DAU. The largest and those with the most errors beyond the average of all are labelled. Click one to filter by it."
      about={about}
      csv={() => ({
        head: ["country", ...measures.map(({ key }) => key)],
        rows: countries.map(({ name, sums }) => [name, ...measures.map((measure) => measure.digits(sums))]),
      })}
      table={() => ({
        head: ["Country", ...measures.map(({ label }) => label)],
        rows: countries.map(({ name, sums }) => [
          countryName(name),
          ...measures.map((measure) => measure.text(sums)),
        ]),
      })}
    >
      <Chart
        option={(palette) => optionOf(countries, chosen, palette)}
        label={labelOf(countries)}
        onClick={toggle}
      />
    </Panel>
  );
}

function optionOf(countries: Group[], chosen: string[], palette: Palette) {
  const maxDau = Math.max(1, ...countries.map(({ sums }) => sums.dau));
  const isChosen = ({ name }: Group) => chosen.length === 0 || chosen.includes(name);
  const withLabel = new Set(
    chosen.length > 0
      ? countries.filter(isChosen)
      : [...countries.slice(0, labelled), ...byErrors(countries).slice(0, labelled)],
  );
  const matches = countries.map(({ sums }) => matchesPerDau.value(sums) ?? 0);
  const middle = (Math.min(...matches) + Math.max(...matches)) / 2;
  const axisName = { nameLocation: "middle", nameTextStyle: { color: palette.muted } };
  const dots = (some: Group[]) => ({
    type: "scatter",
    // The smallest dots are drawn last, so that the large ones do not cover them.
    data: some.toReversed().map((country) => ({
      name: country.name,
      value: [matchesPerDau.value(country.sums), errorsPerDau.value(country.sums)],
      // Towards the middle, where a long name has room.
      label: { position: (matchesPerDau.value(country.sums) ?? 0) > middle ? "left" : "right" },
      symbolSize: 6 + 34 * Math.sqrt(country.sums.dau / maxDau),
      itemStyle: {
        color: isChosen(country) ? palette.first : palette.muted,
        opacity: isChosen(country) ? 0.6 : 0.25,
        borderColor: palette.surface,
        borderWidth: 1,
      },
    })),
  });
  return {
    ...baseOption(palette),
    grid: gridOf({ left: 66, right: 24, top: 12, bottom: 46 }),
    xAxis: { ...valueAxis(palette, String), ...axisName, name: "matches per DAU", nameGap: 28, scale: true },
    yAxis: { ...valueAxis(palette, String), ...axisName, name: "server errors per DAU", nameGap: 42 },
    tooltip: tooltip(palette, "item", ({ name }) => linesOf(countries.find((group) => group.name === name))),
    series: [
      // Two series, because labelling every dot would dominate the drawing time, and most labels would be hidden.
      dots(countries.filter((country) => !withLabel.has(country))),
      {
        ...dots(countries.filter((country) => withLabel.has(country))),
        label: {
          show: true,
          color: palette.text,
          opacity: 1,
          textBorderColor: palette.surface,
          textBorderWidth: 3,
          formatter: ({ name }: { name: string }) => countryName(name),
        },
        labelLayout: { hideOverlap: true },
      },
    ],
  };
}

function linesOf(country: Group | undefined): string[] {
  if (!country) return [];
  return [
    countryName(country.name),
    ...measures.map((measure) => `${measure.label} ${measure.text(country.sums)}`),
  ];
}

function labelOf(countries: Group[]): string {
  const described = byErrors(countries)
    .slice(0, 3)
    .map(
      ({ name, sums }) =>
        `${countryName(name)} ${errorsPerDau.text(sums)} at ${matchesPerDau.text(sums)} matches`,
    );
  return `Scatter chart of server errors per DAU against matches per DAU of ${countries.length} countries; most errors beyond the average: ${described.join(", ")}`;
}
