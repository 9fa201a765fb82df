import { type Contribution, topOf } from "../figures/contributions.ts";
import { pairsText } from "../figures/like-for-like.ts";
import { type Measure, textOf } from "../figures/measures.ts";
import { countryName, membershipName, platformName, rangeText } from "../figures/names.ts";
import type { Range } from "../figures/periods.ts";
import type { Group, Sums } from "../figures/sums.ts";
import { MetricPicker } from "../parts/metric-picker.tsx";
import { type About, type Content, Panel, TextTable } from "../parts/panel.tsx";
import { ScrollArea } from "../parts/scroll-area.tsx";
import type { Address } from "../state/address.ts";
import type { Actions } from "../state/page.ts";
import type { View } from "../state/view.ts";
import type { Compared } from "./changes-figures.ts";
import { shareOfChange, signed, signedBetween } from "./signed.ts";

const shownParts = 10;

interface WhatChangedProps {
  view: Extract<View, { tab: "changes" }>;
  address: Address;
  about: About;
  go: Actions["go"];
}

/** Which countries and platforms moved a measure, and whether members of clans did, ranked; the parts add up to the whole change. */
export function WhatChanged({ view, address, about, go }: WhatChangedProps) {
  const { measure, compared } = view.figures;
  const { noBefore } = view.frame.resolved;
  return (
    <>
      <div class="choices">
        <MetricPicker metric={address.metric} go={go} />
      </div>
      {compared ? (
        <>
          <p class="lead">{leadText(measure, compared)}</p>
          <Parts
            id="countries-changed"
            title="By country"
            nameOf={countryName}
            parts={compared.countries.parts}
            total={compared.countries.total}
            measure={measure}
            about={about}
          />
          <Parts
            id="platforms-changed"
            title="By platform"
            nameOf={platformName}
            parts={compared.platforms.parts}
            total={compared.platforms.total}
            measure={measure}
            about={about}
          />
          <Parts
            id="memberships-changed"
            title="By clan membership"
            nameOf={membershipName}
            parts={compared.memberships.parts}
            total={compared.memberships.total}
            measure={measure}
            about={about}
          />
        </>
      ) : (
        <p class="lead">{noBefore ?? "No day of the period has a day with figures to be compared with."}</p>
      )}
    </>
  );
}

/** Both figures and the change, in sentences. */
function leadText(measure: Measure, { ranges, now, before }: Compared): string {
  const text = (sums: Sums, range: Range) => `${measure.text(sums)} in ${rangeText(range.from, range.to)}`;
  const pairs = pairsText(ranges);
  const note = pairs ? ` ${pairs}.` : "";
  return `${measure.label}: ${text(now, ranges.now)}, ${text(before, ranges.before)}: ${signedBetween(measure, now, before)}.${note}`;
}

interface PartsProps {
  id: string;
  title: string;
  nameOf: (name: Group["name"]) => string;
  parts: Contribution[];
  total: number;
  measure: Measure;
  about: About;
}

function Parts({ id, title, nameOf, parts, total, measure, about }: PartsProps) {
  const { shown, rest } = topOf(parts, shownParts);
  const isRatio = !measure.isSum;
  const figures = ({ now, before, total: moved, mix, rate }: Contribution): string[] => [
    textOf(measure, now),
    textOf(measure, before),
    signed(measure, moved),
    ...(isRatio ? [signed(measure, rate), signed(measure, mix)] : []),
    total === 0 ? "–" : shareOfChange(moved / total),
  ];
  const head = [
    title.replace("By ", "").replace(/^./, (first) => first.toUpperCase()),
    "Now",
    "Before",
    "Moved it by",
    ...(isRatio ? ["by its rate", "by its share"] : []),
    "Of the change",
  ];
  const content: Content = {
    head,
    rows: [
      ...shown.map((part) => [nameOf(part.name), ...figures(part)]),
      ...(rest ? [[rest.name, ...figures(rest)]] : []),
    ],
  };
  return (
    <Panel
      id={id}
      title={title}
      hint={
        isRatio
          ? "A group moves a ratio by its own ratio (rate) and by its share of all (share). The parts add up to the whole change, before rounding."
          : "The parts add up to the whole change, before rounding."
      }
      about={about}
      csv={() => ({
        head: ["name", "now", "before", "change", "rate_effect", "mix_effect"],
        rows: parts.map(({ name, now, before, total: moved, mix, rate }) => [
          name,
          now ? measure.digits(now) : "",
          before ? measure.digits(before) : "",
          String(moved),
          String(rate),
          String(mix),
        ]),
      })}
    >
      <ScrollArea label={`${title}, the table`}>
        <TextTable caption={`What moved ${measure.label}, ${title.toLowerCase()}`} {...content} />
      </ScrollArea>
    </Panel>
  );
}
