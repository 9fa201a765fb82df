import { changeOf } from "../figures/change.ts";
import { cardMeasures, digitsOf, figureOf, type Measure } from "../figures/measures.ts";
import { dayLabel, dayText } from "../figures/names.ts";
import { type About, type Content, Panel } from "../parts/panel.tsx";
import { PeopleCard } from "../people/people-card.tsx";
import type { LastPeople } from "../people/people-figures.ts";
import { dau, mau, peopleTextWithMissing, peopleValue, wau } from "../people/people-measures.ts";
import type { Frame } from "../state/frame.ts";
import { comparedText } from "./compared-text.ts";
import type { OverviewFigures } from "./overview-figures.ts";
import { Sparkline } from "./sparkline.tsx";

interface CardsProps {
  frame: Frame;
  figures: OverviewFigures;
  about: About;
}

/** The key figures, each with its change from the baseline and a sparkline. */
export function Cards({ frame, figures, about }: CardsProps) {
  return (
    <Panel id="key-figures" title="Key figures" about={about} csv={() => csvOf(figures)}>
      <p class="hint">{comparedText(frame.resolved, figures)}</p>
      <ul class="cards">
        {cardMeasures.map((measure) => (
          <Card key={measure.key} measure={measure} figures={figures} />
        ))}
      </ul>
      {figures.people && <PeopleCards people={figures.people} />}
      <p class="note">
        DAU is added up over days, countries and platforms: it counts daily visits, not people. A player who
        is active on two days, or on two platforms, counts twice. The people of the last day, week and month
        count once each. Every ratio is sum / sum over the selection, never a mean of ratios.
      </p>
    </Panel>
  );
}

/** Distinct users beside the visits. Their days overlap, so no change of theirs can be judged against the usual spread. */
function PeopleCards({ people: { now, before } }: { people: LastPeople }) {
  return (
    <>
      <p class="hint">
        Distinct people who were active on {dayLabel(now.name, now.isIncomplete)}, and in the 7 and the 30
        days that end on it:
      </p>
      <ul class="cards" id="people-cards">
        {[dau, wau, mau].map((measure) => (
          <PeopleCard key={measure.key} measure={measure} label={`People, ${measure.label}`} day={now}>
            <p class="change">
              {before && peopleValue(measure, before) !== null
                ? `was ${peopleTextWithMissing(measure, before)} on ${dayText(before.name)}`
                : "nothing to compare with"}
            </p>
          </PeopleCard>
        ))}
      </ul>
    </>
  );
}

function Card({ measure, figures }: { measure: Measure; figures: OverviewFigures }) {
  const { total, days, incomplete } = figures;
  return (
    <li class="card" id={`card-${measure.key}`}>
      <h3 title={measure.meaning}>{measure.label}</h3>
      <p class="figure">{measure.text(total)}</p>
      <ChangeText measure={measure} figures={figures} />
      <Sparkline
        values={days.map(({ sums }) => figureOf(measure, sums))}
        isIncomplete={days.map(({ name }) => incomplete.has(name))}
      />
    </li>
  );
}

const arrows = { up: "▲ ", down: "▼ ", same: "" };
const spoken = { up: "up ", down: "down ", same: "" };

/** How a measure has changed: green or red only where the change is more than the days differ among themselves. */
function ChangeText({
  measure,
  figures: { pair, days, before },
}: {
  measure: Measure;
  figures: OverviewFigures;
}) {
  if (!pair) return <p class="change">nothing to compare with</p>;
  const was = measure.text(pair.before);
  const change = changeOf(measure, pair, { now: days, before });
  if (!change) return <p class="change">was {was}</p>;
  const { direction, text, tone, mostlyOn, explanation } = change;
  return (
    <p class="change" title={explanation}>
      <span class={tone}>
        <span aria-hidden="true">{arrows[direction]}</span>
        <span class="unseen">{spoken[direction]}</span>
        {text}
      </span>{" "}
      from {was}
      {pair.pairs < pair.days && `, on ${pair.pairs} of ${pair.days} days`}
      {tone === "noise" && <span class="hint">, within the usual spread</span>}
      {mostlyOn && <span class="hint">, mostly on {mostlyOn}</span>}
    </p>
  );
}

function csvOf({ total, pair }: OverviewFigures): Content {
  return {
    head: ["figure", "selected_period", "compared_days", "baseline"],
    rows: cardMeasures.map((measure) => [
      measure.label,
      digitsOf(measure, total),
      digitsOf(measure, pair?.now),
      digitsOf(measure, pair?.before),
    ]),
  };
}
