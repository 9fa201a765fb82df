import { useMemo } from "preact/hooks";
import { dayText } from "../figures/names.ts";
import type { About } from "../parts/panel.tsx";
import type { View } from "../state/view.ts";
import { CohortChart } from "./cohort-chart.tsx";
import { CohortTable } from "./cohort-table.tsx";
import { type Cohort, lastDayN, ltvOf, type RetentionFigures, retentionOf } from "./retention-figures.ts";
import { cohortName, ltvText, percentText, reachedText } from "./retention-text.ts";

interface RetentionProps {
  view: Extract<View, { tab: "retention" }>;
  about: About;
  palette: number;
}

const trendDays = [1, 7, 30];
// With all installs, as many lines as there are colours.
const maxWeeks = 5;
const percentAxis = (value: number) => `${Math.round(100 * value)}%`;

/** What became of the period's installs: who still plays, and what they have brought in. */
export function Retention({ view, about, palette }: RetentionProps) {
  const { figures } = view;
  return useMemo(
    () => (
      <>
        <CohortTable figures={figures} about={about} />
        <Curve figures={figures} about={about} />
        <Trend figures={figures} about={about} />
        <Ltv figures={figures} about={about} />
      </>
    ),
    [view, palette],
  );
}

interface PartProps {
  figures: RetentionFigures;
  about: About;
}

function Curve({ figures: { all }, about }: PartProps) {
  const dayNs = reachedDays(all.installDays);
  return (
    <CohortChart
      id="retention-curve"
      title="Retention curve"
      hint="Of all installs of the period, the share who play n days later, over the install days that have reached that day."
      points={dayNs.map((n) => `D${n}`)}
      pointName="day"
      lines={[{ name: "Retention", values: dayNs.map((n) => retentionOf(all, n)) }]}
      text={percentText}
      axisText={percentAxis}
      note={(n) => reachedText(all, n)}
      about={about}
    />
  );
}

function Trend({ figures: { weeks }, about }: PartProps) {
  return (
    <CohortChart
      id="retention-trend"
      title="D1, D7 and D30 by week of the install"
      hint="A line ends where no install day has reached its day yet."
      points={weeks.map(({ week }) => dayText(week ?? ""))}
      pointName="week"
      lines={trendDays.map((n) => ({
        name: `D${n}`,
        values: weeks.map((cohort) => retentionOf(cohort, n)),
      }))}
      text={percentText}
      axisText={percentAxis}
      about={about}
    />
  );
}

function Ltv({ figures: { weeks, all }, about }: PartProps) {
  const shown: Cohort[] = [...weeks.slice(-maxWeeks), all];
  const dayNs = reachedDays(all.wholeInstallDays);
  return (
    <CohortChart
      id="ltv"
      title="LTV by week of the install"
      hint={`IAP and ad revenue of days 0 to n per user of day 0, USD${weeks.length > maxWeeks ? `; the last ${maxWeeks} weeks` : ""}. Where a curve passes the cost of an install, that cost is paid back.`}
      points={dayNs.map((n) => `D${n}`)}
      pointName="day"
      lines={shown.map((cohort) => ({
        name: cohortName(cohort),
        values: dayNs.map((n) => ltvOf(cohort, n)),
      }))}
      text={ltvText}
      axisText={(value) => `$${value.toPrecision(3)}`}
      about={about}
    />
  );
}

/** From day 0 to the last that any install day has reached. */
function reachedDays(installDays: number[]): number[] {
  const last = Math.max(
    0,
    installDays.findLastIndex((count) => count > 0),
  );
  return Array.from({ length: Math.min(last, lastDayN) + 1 }, (_, n) => n);
}
