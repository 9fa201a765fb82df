import { useMemo } from "preact/hooks";
import { addDays, countDays } from "../../days.ts";
import { LinePanel } from "../charts/line-panel.tsx";
import { dayText } from "../figures/names.ts";
import { shortMoney } from "../figures/short-numbers.ts";
import type { About } from "../parts/panel.tsx";
import type { View } from "../state/view.ts";
import { CohortTable } from "./cohort-table.tsx";
import { type Cohort, lastDayN, ltvOf, type RetentionFigures, retentionOf } from "./retention-figures.ts";
import { ltvText, percentText, reachedText } from "./retention-text.ts";

interface RetentionProps {
  view: Extract<View, { tab: "retention" }>;
  about: About;
  palette: number;
}

const trendDays = [1, 7, 30];
const allDayNs = Array.from({ length: lastDayN + 1 }, (_, n) => n);
// As many lines as there are colours.
const maxWeeks = 6;
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
  // Day 0 is always 100 %.
  const dayNs = reachedDays(all.installDays).slice(1);
  return (
    <LinePanel
      id="retention-curve"
      title="Retention curve"
      hint="Of all installs of the period, the share who play n days later, over the install days that have reached that day."
      points={dayNs.map(dayNPoint)}
      pointName="day"
      pointKey="day_n"
      lines={[{ name: "Retention", key: "retention", values: dayNs.map((n) => retentionOf(all, n)) }]}
      text={percentText}
      axisText={percentAxis}
      note={(at) => reachedText(all, at + 1)}
      about={about}
    />
  );
}

function Trend({ figures, about }: PartProps) {
  const weeks = everyWeek(figures.weeks);
  return (
    <LinePanel
      id="retention-trend"
      title="D1, D7 and D30 by week of the install"
      hint="A line ends where no install day has reached its day yet."
      points={weeks.map(({ week }) => ({ label: dayText(week), name: dayText(week), key: week }))}
      pointName="week"
      pointKey="week"
      lines={trendDays.map((n) => ({
        name: `D${n}`,
        key: `retention_d${n}`,
        values: weeks.map(({ cohort }) => (cohort ? retentionOf(cohort, n) : null)),
      }))}
      text={percentText}
      axisText={percentAxis}
      note={(at) => trendText(weeks[at]?.cohort)}
      about={about}
    />
  );
}

/** A week in which no day has figures has no cohort: it is a gap in the line, not left out of the axis. */
function everyWeek(weeks: Cohort[]): { week: string; cohort: Cohort | undefined }[] {
  const cohorts = new Map(weeks.map((cohort) => [cohort.week ?? "", cohort]));
  const [first, last] = [weeks[0]?.week, weeks.at(-1)?.week];
  if (!first || !last) return [];
  const count = Math.floor(countDays(first, last) / 7) + 1;
  return Array.from({ length: count }, (_, at) => {
    const week = addDays(first, 7 * at);
    return { week, cohort: cohorts.get(week) };
  });
}

const trendText = (cohort: Cohort | undefined): string =>
  cohort ? trendDays.map((n) => `D${n}: ${reachedText(cohort, n)}`).join(", ") : "no figures";

function Ltv({ figures: { weeks }, about }: PartProps) {
  const shown = weeks.slice(-maxWeeks);
  const dayNs = reachedDays(allDayNs.map((n) => shown.filter((cohort) => hasReached(cohort, n)).length));
  return (
    <LinePanel
      id="ltv"
      title="LTV by week of the install"
      hint={`IAP and ad revenue of days 0 to n per user of day 0, USD, by the Monday of the week${weeks.length > maxWeeks ? `, the last ${maxWeeks} weeks` : ""}. A curve ends with the last day that all install days of the week have reached; where it passes the cost of an install, that cost is paid back.`}
      points={dayNs.map(dayNPoint)}
      pointName="day"
      pointKey="day_n"
      lines={shown.map((cohort) => ({
        name: dayText(cohort.week ?? ""),
        key: cohort.week ?? "",
        // With fewer install days than before, a sum over days could fall.
        values: dayNs.map((n) => (hasReached(cohort, n) ? ltvOf(cohort, n) : null)),
      }))}
      text={ltvText}
      axisText={shortMoney}
      about={about}
    />
  );
}

const dayNPoint = (n: number) => ({ label: `D${n}`, name: `D${n}`, key: String(n) });

const hasReached = ({ wholeInstallDays }: Cohort, n: number) => wholeInstallDays[n] === wholeInstallDays[0];

/** From day 0 to the last that any has reached; `reached` says how many have, by n. */
function reachedDays(reached: number[]): number[] {
  const last = Math.max(
    0,
    reached.findLastIndex((count) => count > 0),
  );
  return Array.from({ length: Math.min(last, lastDayN) + 1 }, (_, n) => n);
}
