import { useMemo } from "preact/hooks";
import { dayLabel, dayText } from "../figures/names.ts";
import { Notice } from "../parts/notice.tsx";
import { type About, Panel } from "../parts/panel.tsx";
import type { View } from "../state/view.ts";
import { PeopleCard } from "./people-card.tsx";
import { PeopleChart } from "./people-chart.tsx";
import type { PeopleDay } from "./people-figures.ts";
import {
  dau,
  mau,
  missingDays,
  newUsers,
  peopleDigits,
  peopleMeasures,
  resurrected,
  returning,
  stickiness,
  wau,
} from "./people-measures.ts";

interface PeopleProps {
  view: Extract<View, { tab: "people" }>;
  about: About;
  palette: number;
}

/** Distinct users: of a day, a week and a month, and where they come from. */
export function People({ view, about, palette }: PeopleProps) {
  const { days, last, wholeFrom } = view.figures;
  const panels = useMemo(
    () =>
      days &&
      last && (
        <>
          <LastDay last={last} about={about} wholeFrom={wholeFrom} />
          <PeopleChart
            id="active-users"
            title="Active users"
            hint="Distinct users of each day, and of the 7 and 30 days that end on it."
            days={days}
            measures={[dau, wau, mau]}
            kind="lines"
            about={about}
          />
          <PeopleChart
            id="stickiness"
            title="Stickiness"
            hint="DAU / MAU: the share of the month's users who play on a day."
            days={days}
            measures={[stickiness]}
            kind="lines"
            about={about}
          />
          <PeopleChart
            id="new-and-returning"
            title="New and returning users"
            days={days}
            measures={[newUsers, returning]}
            kind="stacked bars"
            about={about}
          />
          <PeopleChart
            id="resurrected"
            title="Resurrected users"
            hint="Returning users who were not active in the 29 days before."
            days={days}
            measures={[resurrected]}
            kind="stacked bars"
            about={about}
          />
        </>
      ),
    [view, palette],
  );
  if (!panels)
    return (
      <Notice kind="info" title="People of several countries can't be added up">
        A user who played in two of them would count twice. Choose one country, or none for all.
      </Notice>
    );
  return panels;
}

function LastDay({
  last,
  about,
  wholeFrom,
}: {
  last: PeopleDay;
  about: About;
  wholeFrom: string | undefined;
}) {
  const isLacking = peopleMeasures.some((measure) => missingDays(measure, last) > 0);
  return (
    <Panel
      id="people"
      title={`People on ${dayLabel(last.name, last.isIncomplete)}`}
      about={about}
      csv={() => ({
        head: ["event_date", "figure", "last_day", "is_over", ...(isLacking ? ["missing_days"] : [])],
        rows: peopleMeasures.map((measure) => [
          last.name,
          measure.key,
          peopleDigits(measure, last),
          String(!last.isIncomplete),
          ...(isLacking ? [String(missingDays(measure, last))] : []),
        ]),
      })}
    >
      <ul class="cards">
        {peopleMeasures.map((measure) => (
          <PeopleCard key={measure.key} measure={measure} label={measure.label} day={last}>
            <p class="hint">{measure.meaning}</p>
          </PeopleCard>
        ))}
      </ul>
      <p class="note">
        Every user counts once, however many days, platforms or countries. So these numbers can't be added up.
        {wholeFrom &&
          ` MAU, stickiness and resurrected users look at 30 days, which the data has from ${dayText(wholeFrom)} on; WAU looks at 7. Earlier days have none.`}
        {isLacking &&
          " On a missing day, nobody counts: WAU and MAU are too low while their days include it, stickiness and resurrected users too high."}
      </p>
    </Panel>
  );
}
