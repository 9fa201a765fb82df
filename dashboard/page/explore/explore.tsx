import { useMemo } from "preact/hooks";
import { Chart } from "../charts/chart.tsx";
import { type Marks, marksOf, notesOf } from "../figures/marks.ts";
import { digitsOf, textOf } from "../figures/measures.ts";
import {
  countryName,
  dayText,
  isMembership,
  membershipName,
  monthText,
  platformName,
  pointTexts,
} from "../figures/names.ts";
import { MetricPicker } from "../parts/metric-picker.tsx";
import { type About, Panel } from "../parts/panel.tsx";
import { Picker, Segments } from "../parts/segments.tsx";
import { type Address, type Grain, grains, type Split, splits } from "../state/address.ts";
import type { Actions } from "../state/page.ts";
import type { View } from "../state/view.ts";
import { exploreOption } from "./explore-chart.ts";
import { daysComparedText, type ExploreFigures, type Line, maxLines, rest } from "./explore-figures.ts";

const splitNames: Record<Split, string> = {
  none: "nothing",
  platform: "platform",
  country: "country",
  membership: "clan membership",
};
const grainNames: Record<Grain, string> = { day: "Day", week: "Week", month: "Month" };

interface ExploreProps {
  view: Extract<View, { tab: "explore" }>;
  address: Address;
  about: About;
  marks: Marks;
  palette: number;
  go: Actions["go"];
}

/** One measure over time in a large chart, whole or split. */
export function Explore({ view, address, about, marks, palette, go }: ExploreProps) {
  const { figures, frame } = view;
  const panel = useMemo(
    () => (
      <ExplorePanel
        marks={marksOf(marks, figures.measure.key, frame.selection)}
        figures={figures}
        about={about}
        hint={hintOf(figures, address, frame.selection.countries)}
      />
    ),
    [view, palette, marks],
  );
  return (
    <>
      <div class="choices">
        <MetricPicker metric={address.metric} go={go} />
        <Picker
          label="Split by"
          options={splits.map((value) => ({ value, label: splitNames[value] }))}
          value={address.split}
          onChoose={(split) => go({ split })}
        />
        <Segments
          label="Grain"
          options={grains.map((value) => ({ value, label: grainNames[value] }))}
          isChosen={(grain) => grain === address.grain}
          onChoose={(grain) => go({ grain })}
        />
      </div>
      {panel}
    </>
  );
}

/** The name of a line, as people read it. */
function lineName({ name }: Line, label: string): string {
  if (name === undefined) return label;
  if (name === rest) return "Other countries";
  if (isMembership(name)) return membershipName(name);
  return name === "ANDROID" || name === "IOS" ? platformName(name) : countryName(name);
}

function ExplorePanel({
  figures,
  about,
  hint,
  marks,
}: {
  figures: ExploreFigures;
  about: About;
  hint: string;
  marks: Marks;
}) {
  const { measure, points, lines, before, grain, partial } = figures;
  const names = lines.map((line) => lineName(line, measure.label));
  const compared = before.length > 0;
  const hasNotes = grain === "day" && points.some((name) => notesOf(marks, name).length > 0);
  return (
    <Panel
      id="explore"
      title={`${measure.label} by ${grain}`}
      hint={hint}
      about={about}
      csv={() => ({
        head: [
          "from_date",
          ...lines.map(({ name }) => name ?? measure.key),
          ...(compared
            ? ["from_date_before", "before", ...(grain === "day" ? [] : ["days", "days_before"])]
            : []),
          "is_whole",
        ],
        rows: points.map((name, at) => [
          name,
          ...lines.map((line) => digitsOf(measure, line.points[at]?.sums)),
          ...(compared
            ? [
                before[at]?.name ?? "",
                digitsOf(measure, before[at]?.sums),
                ...(grain === "day"
                  ? []
                  : [lines[0]?.points[at]?.sums, before[at]?.sums].map((sums) => String(sums?.days ?? 0))),
              ]
            : []),
          String(!partial.has(name)),
        ]),
      })}
      table={() => ({
        head: [
          grainNames[grain],
          ...names,
          ...(compared ? ["Compared with"] : []),
          ...(hasNotes ? ["Notes"] : []),
        ],
        rows: points.map((name, at) => [
          `${grain === "month" ? monthText(name) : dayText(name)}${partial.has(name) ? " (not whole)" : ""}`,
          ...lines.map((line) => textOf(measure, line.points[at]?.sums)),
          ...(compared ? [comparedCell(figures, at)] : []),
          ...(hasNotes ? [notesOf(marks, name).join("; ")] : []),
        ]),
      })}
    >
      {lines.length === 0 && <p>No player of this selection was active on these days.</p>}
      <Chart
        option={(palette) => exploreOption(figures, names, marks, palette)}
        label={`Line chart of ${measure.label} by ${grain}, ${pointTexts(points, grain)[0]} and ${points.length - 1} more: ${names.join(", ")}`}
      />
    </Panel>
  );
}

/** `35,367 (6 days)` where the compared point has other days than the point. */
function comparedCell({ measure, lines, before }: ExploreFigures, at: number): string {
  const sums = before[at]?.sums;
  const days = daysComparedText(sums, lines[0]?.points[at]?.sums);
  return `${textOf(measure, sums)}${days && ` (${days})`}`;
}

function hintOf({ measure, partial }: ExploreFigures, { split }: Address, chosen: string[]): string {
  const hints = [
    `${measure.meaning}.`,
    split === "country" &&
      chosen.length === 0 &&
      `The ${maxLines} countries with the most DAU, and the others together; the filter chooses others.`,
    split === "membership" && "Players are in a clan if they are at the end of the day.",
    partial.size > 0 && "What is dotted is not whole: days are missing or not over.",
  ];
  const text = hints.filter(Boolean).join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
